// SPDX-License-Identifier: Apache-2.0
#include "model/port_paths.hpp"

#include "model/waited.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace synroute::model {

std::vector<Hop> rows_of_ports(const Trace& trace) {
  std::set<Port> answered;
  for (const PortResult& result : trace.ports) {
    if (is_answer_of_target(result.state)) {
      answered.insert(result.port);
    }
  }
  std::vector<Hop> rows;
  for (const ProbeRecord& record : trace.probes) {
    if (record.probe.role != ProbeRole::Hop || answered.contains(record.probe.target_port)) {
      continue;
    }
    while (rows.size() < static_cast<std::size_t>(record.probe.ttl.value())) {
      rows.push_back({.ttl = ttl_of(static_cast<int>(rows.size()) + 1), .probes = {}});
    }
    rows[static_cast<std::size_t>(record.probe.ttl.value()) - 1].probes.push_back(&record);
  }
  return rows;
}

std::optional<RoutingLoop> loop_of_ports(const Trace& trace) {
  return find_routing_loop(rows_of_ports(trace));
}

bool ends_in(const RoutingLoop& loop, const Reach& reach) {
  return reach.last_passed_by && reach.last_passed.value() >= loop.first.value() + loop.length
         && std::ranges::find(loop.routers, *reach.last_passed_by) != loop.routers.end();
}

std::map<Port, Duration> shortest_waits(const Trace& trace) {
  std::map<Port, std::optional<Duration>> waits;
  for (const ProbeRecord& record : trace.probes) {
    if (record.probe.role != ProbeRole::Direct || !record.is_lost()) {
      continue;
    }
    const std::array one{&record};
    const auto waited = shortest_wait(one);
    const auto [place, is_new] = waits.emplace(record.probe.target_port, waited);
    if (!is_new) {
      place->second = place->second && waited ? std::min(place->second, waited) : std::nullopt;
    }
  }
  std::map<Port, Duration> known;
  for (const auto& [port, waited] : waits) {
    if (waited) {
      known.emplace(port, *waited);
    }
  }
  return known;
}

}  // namespace synroute::model
