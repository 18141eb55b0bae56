// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/trace_path.hpp"

#include "strategy/path/path_knowledge.hpp"
#include "strategy/path/path_report.hpp"
#include "strategy/path/probe_plan.hpp"

#include <utility>

namespace synroute::strategy {
namespace {

using engine::Ledger;
using engine::Move;
using model::ProbeRecord;

class TracePath final : public engine::Strategy {
 public:
  TracePath(const TraceOptions& options, std::size_t sibling_flows)
      : known_{options}, plan_{options, sibling_flows, known_}, report_{options, known_, plan_} {}

  Move next(Instant now, bool may_send, const Ledger& ledger) override {
    if (std::exchange(was_impatient_, false)) {
      return engine::WaitAgain{};
    }
    if (auto move = report_.announce(now, ledger)) {
      return *move;
    }
    if (const auto stop = report_.stop_reason(now, ledger)) {
      return report_.verdict(*stop, ledger);
    }
    if (report_.wants_host_report(now, ledger)) {
      known_.await_host_report();
      return engine::WaitAgain{};
    }
    const auto ask = plan_.choose(now, may_send, ledger);
    return ask ? Move{*ask} : Move{};
  }
  void asked(ProbeId id) override { plan_.note_asked(id); }
  void settled(const ProbeRecord& record, const Ledger& /*ledger*/) override {
    known_.add(record);
    was_impatient_ = was_impatient_ || record.is_late();
  }
  void waits_again(const ProbeRecord& record) override { known_.wait_again(record); }
  void heard(const engine::UnnamedAnswer& answer) override { known_.add(answer); }
  [[nodiscard]] engine::ResetScreening reset_screening() const override {
    return engine::ResetScreening::All;
  }
  void relearn(const Ledger& ledger) override { known_.relearn(ledger); }
  [[nodiscard]] Duration patience(
      const ProbeRecord& record, const Ledger& /*ledger*/) const override {
    return known_.patience(record);
  }
  [[nodiscard]] std::optional<Instant> deadline() const override {
    return earliest(report_.deadline(), plan_.deadline());
  }
  [[nodiscard]] model::Verdict verdict_so_far(const Ledger& ledger) const override {
    return report_.verdict(model::StopReason::MaxTtl, ledger);
  }

 private:
  PathKnowledge known_;
  ProbePlan plan_;
  PathReport report_;
  bool was_impatient_ = false;  ///< an answer came after its probe had been given up
};

}  // namespace

std::unique_ptr<engine::Strategy> trace_path(
    const TraceOptions& options, std::size_t sibling_flows) {
  return std::make_unique<TracePath>(options, sibling_flows);
}

}  // namespace synroute::strategy
