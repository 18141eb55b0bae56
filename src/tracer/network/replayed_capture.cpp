// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/replayed_capture.hpp"

#include "enrich/dns_resolver.hpp"
#include "os/poll_waiter.hpp"
#include "replay/replay_clock.hpp"
#include "replay/replay_strategy.hpp"
#include "replay/replay_transport.hpp"

#include <utility>

namespace synroute::tracer {
namespace {

/// A capture is replayed at once, in stopped time; only name servers are waited for.
class ReplayRuntime final : public Runtime {
 public:
  ReplayRuntime(
      const std::vector<std::shared_ptr<replay::ReplayCursor>>& cursors,
      const model::Counters& counters,
      bool names)
      : names_{names}, clock_{waiter_}, transport_{cursors, clock_, counters} {
    waiter_.watch(resolver_.descriptor());
  }

  [[nodiscard]] seam::Transport& transport() override { return transport_; }
  [[nodiscard]] seam::Waiter& waiter() override { return clock_; }
  [[nodiscard]] seam::Resolver* resolver() override { return names_ ? &resolver_ : nullptr; }
  /// Recorded probes have the ports that they had.
  [[nodiscard]] bool admit(PlannedTrace& /*trace*/) override { return true; }

 private:
  bool names_;
  enrich::DnsResolver resolver_;
  os::PollWaiter waiter_;
  replay::ReplayClock clock_;
  replay::ReplayTransport transport_;
};

}  // namespace

ReplayedCapture::ReplayedCapture(
    std::vector<replay::RecordedTrace> recorded,
    const model::Counters& counters,
    NameTarget name_target)
    : counters_{counters}, name_target_{std::move(name_target)} {
  cursors_.reserve(recorded.size());
  for (replay::RecordedTrace& trace : recorded) {
    cursors_.push_back(std::make_shared<replay::ReplayCursor>(std::move(trace)));
  }
}

PlanSource ReplayedCapture::plan(const TraceRequest&, const ErrorSink&) {
  return [this, next = std::size_t{0}]() mutable -> std::optional<PlannedTrace> {
    if (next >= cursors_.size()) {
      return std::nullopt;
    }
    const auto& cursor = cursors_[next++];
    engine::Settings settings = replay::settings_for(cursor->trace());
    name_target_(settings.head.target);
    return PlannedTrace{
        .settings = std::move(settings), .strategy = replay::make_replay_strategy(cursor)};
  };
}

std::unique_ptr<Runtime> ReplayedCapture::open(
    const TraceRequest& request, const PlannedTrace&, const PacketRecorder&) {
  return std::make_unique<ReplayRuntime>(cursors_, counters_, request.names != HopNames::None);
}

}  // namespace synroute::tracer
