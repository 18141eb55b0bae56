// SPDX-License-Identifier: Apache-2.0
// A custom strategy: how far away is the target? Bisecting the TTLs takes five probes for thirty
// hops, and no router on the path has to answer. Runs in a simulated network.
#include <iostream>

#include <synroute/api/trace.hpp>

namespace {

using namespace synroute;

class Halving final : public engine::Strategy {
 public:
  // Called until it returns the verdict; here one probe at a time.
  engine::Move next(Instant, bool may_send, const engine::Ledger&) override {
    if (beyond_ - short_ <= 1) {
      return verdict_;
    }
    if (asked_ || !may_send) {
      return {};
    }
    asked_ = true;
    return engine::Ask{.flow = FlowId{0}, .ttl = middle(), .attempt = ++attempts_};
  }

  // The result of a probe. Only the target answers with TCP: otherwise the TTL was too small.
  void settled(const model::ProbeRecord& record, const engine::Ledger&) override {
    const model::Reply* reply = record.reply();
    asked_ = false;
    if (reply == nullptr || !reply->is_tcp()) {
      short_ = record.probe.ttl.value();
      return;
    }
    beyond_ = record.probe.ttl.value();
    const bool open = reply->kind == model::ReplyKind::SynAck;
    verdict_ = {
        .state = open ? model::PortState::Open : model::PortState::Closed,
        .reached = true,
        .distance = record.probe.ttl,
        .stop = model::StopReason::TargetAnswered,
        .decided_by = record.probe.id};
  }

  Duration patience(const model::ProbeRecord&, const engine::Ledger&) const override {
    return std::chrono::milliseconds{500};
  }
  model::Verdict verdict_so_far(const engine::Ledger&) const override { return verdict_; }

 private:
  Ttl middle() const { return Ttl{static_cast<std::uint8_t>((short_ + beyond_) / 2)}; }

  int short_ = 0;    // this TTL does not reach the target
  int beyond_ = 32;  // this one does, if any does
  int attempts_ = 0;
  bool asked_ = false;
  model::Verdict verdict_;
};

}  // namespace

int main(int count, char** words) {
  api::Request request;
  request.strategy = [](std::size_t) { return std::make_unique<Halving>(); };
  const auto trace = api::trace_in(count > 1 ? words[1] : "home", std::move(request));
  if (!trace || !trace->verdict.distance) {
    std::cerr << (trace ? "the target does not answer" : trace.error().message) << '\n';
    return 1;
  }
  std::cout << trace->target.input << " is " << +trace->verdict.distance->value()
            << " hops away: found with " << trace->probes.size() << " probes\n";
}
