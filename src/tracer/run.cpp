// SPDX-License-Identifier: Apache-2.0
#include "tracer/run.hpp"

#include "infer/infer.hpp"
#include "strategy/path/trace_path.hpp"
#include "tracer/packet_recorder.hpp"
#include "tracer/request/validate.hpp"

#include <iterator>
#include <span>
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
    settings.sees_departures = traits.sees_departures;
    settings.sees_deliveries = traits.sees_deliveries;
  }
  return std::make_unique<engine::Engine>(std::move(settings), std::move(trace.strategy));
}

/// Runs some traces in one session and adds what became of them.
void run_session(
    const Job& job,
    Network& network,
    std::span<PlannedTrace> traces,
    const PacketRecorder& recorder,
    Outcome& outcome) {
  const auto runtime = network.open(job.request, traces, recorder);
  drive::Session session{
      runtime->transport(),
      runtime->waiter(),
      runtime->resolver(),
      job.sink,
      {.concurrent_max = network.concurrent_max(), .infer = infer::infer}};
  const seam::TransportTraits traits = runtime->transport().traits();
  for (PlannedTrace& trace : traces) {
    session.add(engine_of(trace, job, traits, runtime->waiter().wall()), job.presenters());
  }
  drive::Outcome done = session.run();
  std::ranges::move(done.traces, std::back_inserter(outcome.traces));
  outcome.interrupted = done.interrupted;
  outcome.reader_gone = done.reader_gone;
  outcome.signal = runtime->signal();
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
  std::vector<PlannedTrace> traces = network.plan(job.request, job.skipped);
  const PacketRecorder recorder{job.capture};
  if (auto error = recorder.error()) {
    return std::unexpected{std::move(*error)};
  }
  Outcome outcome;
  outcome.reader_gone = !job.heading.empty() && !job.sink({.out = job.heading, .err = {}});
  network.begin();
  for (std::span<PlannedTrace> rest{traces};
       !rest.empty() && !outcome.interrupted && !outcome.reader_gone;) {
    const std::size_t count = network.session_size(job.request, rest);
    run_session(job, network, rest.first(count), recorder, outcome);
    rest = rest.subspan(count);
  }
  outcome.recording_error = recorder.error();
  return outcome;
}

}  // namespace synroute::tracer
