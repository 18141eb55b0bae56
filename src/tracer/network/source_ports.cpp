// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/source_ports.hpp"

#include "tracer/network/plan.hpp"

#include <cstddef>

namespace synroute::tracer {

SourcePorts::SourcePorts(const Options& options) {
  reservation_.emplace(os::PortReservation::Request{
      .source = options.source,
      .egress = {.interface = options.interface},
      .ports = options.ports,
      .low_ports_unheld = options.low_ports,
      .shared = options.shared});
  numbers_ = reservation_->ports();
}

SourcePorts SourcePorts::unreserved(Port port) {
  SourcePorts result;
  result.numbers_ = {port};
  return result;
}

SourcePorts SourcePorts::reserve_for(
    const TraceRequest& request, bool low_ports, std::span<const PlannedTrace> traces) {
  const auto& chosen = request.source.port;
  const std::size_t count = traces.size() * source_port_count(request);
  return SourcePorts{
      {.source = traces.front().settings.head.source.address,
       .interface = request.source.interface,
       .ports = chosen ? std::vector{*chosen} : std::vector<Port>(count, Port{0}),
       .low_ports = low_ports,
       .shared = request.method == SendMethod::Connect}};
}

void SourcePorts::assign_to(std::span<PlannedTrace> traces, std::size_t each) const {
  std::span<const Port> free = numbers_;
  const bool enough = numbers_.size() >= traces.size() * each;
  for (PlannedTrace& trace : traces) {
    const auto own = free.first(each);
    trace.settings.source_ports.assign(own.begin(), own.end());
    trace.settings.head.source.port = own.front();
    free = free.subspan(enough ? each : 0);
  }
}

}  // namespace synroute::tracer
