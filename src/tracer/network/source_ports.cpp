// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/source_ports.hpp"

#include "engine/weak_answers.hpp"
#include "os/check.hpp"
#include "tracer/network/plan.hpp"

#include <cstddef>
#include <utility>

namespace synroute::tracer {

SourcePorts::SourcePorts(const Options& options) {
  reservation_.emplace(os::PortReservation::Request{
      .source = options.source,
      .egress = {.interface = options.interface},
      .ports = options.ports,
      .low_ports_unheld = options.low_ports,
      .shared = options.shared});
  numbers_ = reservation_->ports();
  if (!options.shared) {
    reserve_proof_ports(options);
  }
}

/// Only odd targets need them, so a lack of descriptors or ports is no reason to stop.
void SourcePorts::reserve_proof_ports(const Options& options) {
  try {
    proof_reservation_.emplace(os::PortReservation::Request{
        .source = options.source,
        .egress = {.interface = options.interface},
        .ports = std::vector<Port>(engine::WeakAnswers::kPorts, Port{0}),
        .low_ports_unheld = false,
        .shared = false});
  } catch (const os::SystemError&) {
    proof_reservation_.reset();
  }
}

std::vector<Port> SourcePorts::all() const {
  std::vector<Port> ports = numbers_;
  if (proof_reservation_) {
    ports.insert(
        ports.end(), proof_reservation_->ports().begin(), proof_reservation_->ports().end());
  }
  return ports;
}

SourcePorts SourcePorts::unreserved(Port port) {
  SourcePorts result;
  result.numbers_ = {port};
  return result;
}

SourcePorts SourcePorts::reserve(
    const TraceRequest& request,
    bool low_ports,
    const PlannedTrace& trace,
    std::vector<Port> ports) {
  return SourcePorts{
      {.source = trace.settings.head.source.address,
       .interface = request.source.interface,
       .ports = std::move(ports),
       .low_ports = low_ports,
       .shared = request.method == SendMethod::Connect}};
}

SourcePorts SourcePorts::reserve_for(
    const TraceRequest& request, bool low_ports, const PlannedTrace& first) {
  const auto& chosen = request.source.port;
  return reserve(
      request,
      low_ports,
      first,
      chosen ? std::vector{*chosen} : std::vector<Port>(source_port_count(request), Port{0}));
}

SourcePorts SourcePorts::reserve_again(
    const TraceRequest& request, bool low_ports, const PlannedTrace& trace) const {
  return reserve(request, low_ports, trace, numbers_);
}

void SourcePorts::assign_to(PlannedTrace& trace) const {
  trace.settings.source_ports = numbers_;
  trace.settings.head.source.port = numbers_.front();
  if (proof_reservation_) {
    trace.settings.proof_ports = proof_reservation_->ports();
  }
}

}  // namespace synroute::tracer
