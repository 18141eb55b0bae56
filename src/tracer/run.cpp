// SPDX-License-Identifier: Apache-2.0
#include "tracer/run.hpp"

#include "infer/infer.hpp"
#include "strategy/path/trace_path.hpp"
#include "tracer/packet_recorder.hpp"
#include "tracer/request/validate.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace synroute::tracer {
namespace {

/// Empty functions become ones that do nothing.
void complete(Job& job) {
  if (!job.strategy) {
    job.strategy = [path = job.request.path](std::size_t sibling_flows) {
      return strategy::trace_path(path, sibling_flows);
    };
  }
  if (!job.presenters) {
    job.presenters = [] { return std::vector<std::unique_ptr<seam::Presenter>>{}; };
  }
  if (!job.sink) {
    job.sink = [](const seam::Text&) { return true; };
  }
  if (!job.skipped) {
    job.skipped = [](const StartupError&) {};
  }
}

/// A replayed trace has its own strategy, and the method and time of its capture.
std::unique_ptr<engine::Engine> engine_of(
    PlannedTrace& trace, const Job& job, const seam::TransportTraits& traits, WallTime now) {
  engine::Settings& settings = trace.settings;
  const std::size_t ports = settings.source_ports.size();
  if (!trace.strategy) {
    trace.strategy = job.strategy(ports == 0 ? 0 : ports - 1);
    settings.head.method = traits.method;
    settings.head.started_at = now;
    settings.one_probe_per_flow = traits.one_probe_per_flow;
    settings.sees_departures = settings.sees_departures && traits.sees_departures;
    settings.sees_deliveries = traits.sees_deliveries;
  }
  return std::make_unique<engine::Engine>(std::move(settings), std::move(trace.strategy));
}

/// The traces of one session: as many of the plan as it admits.
class SessionTraces {
 public:
  SessionTraces(const Job& job, PlanSource& plan, PlannedTrace first)
      : job_{job}, plan_{plan}, next_{std::move(first)} {}

  [[nodiscard]] const PlannedTrace& first() const { return *next_; }
  std::optional<drive::NewLane> take(Runtime& runtime) {
    next_ = next_ ? std::move(next_) : plan_();
    if (!next_ || !runtime.admit(*next_)) {
      return std::nullopt;
    }
    PlannedTrace trace = std::move(*std::exchange(next_, std::nullopt));
    return drive::NewLane{
        .engine = engine_of(trace, job_, runtime.transport().traits(), runtime.waiter().wall()),
        .presenters = job_.presenters()};
  }
  /// The first that the session did not admit; nothing when none is left.
  std::optional<PlannedTrace> take_next() { return std::exchange(next_, std::nullopt); }

 private:
  const Job& job_;
  PlanSource& plan_;
  std::optional<PlannedTrace> next_;
};

/// Runs traces in one session, and adds what became of them.
void run_session(
    const Job& job,
    Network& network,
    SessionTraces& traces,
    const PacketRecorder& recorder,
    Outcome& outcome) {
  const auto runtime = network.open(job.request, traces.first(), recorder);
  drive::Session session{
      runtime->transport(),
      runtime->waiter(),
      runtime->resolver(),
      job.sink,
      {.concurrent_max = network.concurrent_max(job.request),
       .rates = job.rates,
       .in_order = job.in_order,
       .source = [&] { return traces.take(*runtime); },
       .infer = infer::infer,
       .finished = job.finished,
       .progress = job.progress}};
  drive::Outcome done = session.run();
  std::ranges::move(done.traces, std::back_inserter(outcome.traces));
  outcome.reader_gone = done.reader_gone;
  outcome.signal = runtime->signal();
  // A signal also ends the wait for a reader, which the session sees as gone.
  outcome.interrupted = done.interrupted || outcome.signal != 0;
}

}  // namespace

std::expected<Outcome, StartupError> run(Job job, Network& network) {
  if (const auto valid = validate(job.request); !valid) {
    return std::unexpected{valid.error()};
  }
  const auto fell_back = job.fell_back ? job.fell_back : [] {};
  if (const auto chosen = network.choose_method(job.request, fell_back); !chosen) {
    return std::unexpected{chosen.error()};
  }
  complete(job);
  PlanSource plan = network.plan(job.request, job.skipped);
  const PacketRecorder recorder{job.capture};
  if (auto error = recorder.error()) {
    return std::unexpected{std::move(*error)};
  }
  Outcome outcome;
  outcome.reader_gone = !job.heading.empty() && !job.sink({.out = job.heading, .err = {}});
  network.begin(job.request);
  std::optional<PlannedTrace> next = plan();
  while (next && !outcome.interrupted && !outcome.reader_gone) {
    SessionTraces traces{job, plan, std::move(*next)};
    run_session(job, network, traces, recorder, outcome);
    next = traces.take_next();
  }
  outcome.recording_error = recorder.error();
  return outcome;
}

}  // namespace synroute::tracer
