// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/replayed_capture.hpp"

#include "enrich/dns_resolver.hpp"
#include "os/poll_waiter.hpp"
#include "replay/follow.hpp"
#include "replay/player.hpp"

#include <utility>

namespace synroute::tracer {
namespace {

/// A capture is replayed at once, in stopped time; only name servers are waited for.
class ReplayRuntime final : public Runtime {
 public:
  ReplayRuntime(
      const std::vector<std::shared_ptr<replay::Tape>>& tapes,
      const model::Counters& counters,
      bool names)
      : names_{names}, clock_{waiter_}, player_{tapes, clock_, counters} {
    waiter_.watch(resolver_.descriptor());
  }

  [[nodiscard]] seam::Transport& transport() override { return player_; }
  [[nodiscard]] seam::Waiter& waiter() override { return clock_; }
  [[nodiscard]] seam::Resolver* resolver() override { return names_ ? &resolver_ : nullptr; }

 private:
  bool names_;
  enrich::DnsResolver resolver_;
  os::PollWaiter waiter_;
  replay::StoppedClock clock_;
  replay::Player player_;
};

}  // namespace

ReplayedCapture::ReplayedCapture(
    std::vector<replay::Recording> recordings,
    const model::Counters& counters,
    NameTarget name_target)
    : counters_{counters}, name_target_{std::move(name_target)} {
  tapes_.reserve(recordings.size());
  for (replay::Recording& recording : recordings) {
    tapes_.push_back(std::make_shared<replay::Tape>(std::move(recording)));
  }
}

std::vector<PlannedTrace> ReplayedCapture::plan(const TraceRequest&, const ErrorSink&) {
  std::vector<PlannedTrace> traces;
  for (const auto& tape : tapes_) {
    engine::Settings settings = replay::settings_for(tape->recording());
    name_target_(settings.head.target);
    traces.push_back({.settings = std::move(settings), .strategy = replay::follow(tape)});
  }
  return traces;
}

std::unique_ptr<Runtime> ReplayedCapture::open(
    const TraceRequest& request, std::span<PlannedTrace>, const PacketRecorder&) {
  return std::make_unique<ReplayRuntime>(tapes_, counters_, request.names != HopNames::None);
}

}  // namespace synroute::tracer
