// SPDX-License-Identifier: Apache-2.0
#include "api/run.hpp"

#include "infer/infer.hpp"
#include "strategy/path/trace_path.hpp"

#include <utility>

namespace synroute::api {
namespace {

model::Trace head_of(const Request& request, const Place& place, const Stage& stage) {
  model::Trace head;
  head.target = place.target;
  head.source = place.source;
  if (!stage.source_ports.empty()) {
    head.source.port = stage.source_ports.front();
  }
  head.method = stage.transport.traits().method;
  head.first_ttl = request.path.first_ttl;
  head.last_ttl = request.path.last_ttl;
  head.queries = request.path.queries;
  head.started_at = stage.waiter.wall();
  return head;
}

engine::Settings settings_of(
    const Request& request, const Place& place, std::uint64_t seed, const Stage& stage) {
  const Family family = place.target.address.family();
  engine::Settings settings;
  settings.head = head_of(request, place, stage);
  settings.shape = request.shape.value_or(engine::system_syn(family, place.mtu));
  settings.head.packet_length = settings.shape.length(family);
  settings.source_ports.assign(stage.source_ports.begin(), stage.source_ports.end());
  settings.one_probe_per_flow = stage.transport.traits().one_probe_per_flow;
  settings.seed = seed;
  settings.report_packets = request.packets;
  return settings;
}

}  // namespace

model::Trace run(Request request, const Place& place, std::uint64_t seed, const Stage& stage) {
  const std::size_t siblings = stage.source_ports.empty() ? 0 : stage.source_ports.size() - 1;
  auto strategy =
      request.strategy ? request.strategy(siblings) : strategy::trace_path(request.path, siblings);
  drive::TextSink sink =
      request.sink ? std::move(request.sink) : [](const seam::Text&) { return true; };
  drive::Session session{
      stage.transport,
      stage.waiter,
      request.names ? stage.resolver : nullptr,
      std::move(sink),
      {.infer = infer::infer}};
  session.add(
      std::make_unique<engine::Engine>(
          settings_of(request, place, seed, stage), std::move(strategy)),
      std::move(request.presenters));
  drive::Outcome outcome = session.run();
  // Without a trace the reader of the text has gone before it was finished.
  return outcome.traces.empty() ? head_of(request, place, stage)
                                : std::move(outcome.traces.front());
}

}  // namespace synroute::api
