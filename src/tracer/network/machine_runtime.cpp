// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/machine_runtime.hpp"

#include "tracer/network/connection_route.hpp"
#include "tracer/network/plan.hpp"
#include "transport/connect_transport.hpp"
#include "transport/raw_transport.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace synroute::tracer {
namespace {

os::Egress egress_of(const SourceOptions& source) {
  return {.interface = source.interface, .mark = source.mark};
}

std::vector<IpAddress> addresses_of(std::span<const PlannedTrace> traces) {
  std::vector<IpAddress> addresses;
  for (const PlannedTrace& trace : traces) {
    addresses.push_back(trace.settings.head.target.address);
  }
  return addresses;
}

/// Empty when they leave by different ones.
std::string shared_interface(std::span<const PlannedTrace> traces) {
  const auto interface_of = [](const PlannedTrace& trace) -> const std::string& {
    return trace.settings.head.source.interface;
  };
  const std::string& first = interface_of(traces.front());
  const bool same = std::ranges::all_of(
      traces, [&](const PlannedTrace& other) { return interface_of(other) == first; });
  return same ? first : std::string{};
}

/// What the kernel hands the packets of all these traces to: their router, or the one target.
/// Nothing when they differ.
std::optional<IpAddress> shared_neighbour(std::span<const PlannedTrace> traces) {
  const auto neighbour_of = [](const PlannedTrace& trace) {
    const model::Trace& head = trace.settings.head;
    return head.source.gateway.value_or(head.target.address);
  };
  const auto& first = traces.front();
  const bool same = !shared_interface(traces).empty()
                    && std::ranges::all_of(traces, [&](const PlannedTrace& other) {
                         return neighbour_of(other) == neighbour_of(first);
                       });
  return same ? std::optional{neighbour_of(first)} : std::nullopt;
}

/// With lent permissions, only packets of this trace are recorded, none of other programs.
transport::Keep keep_for(const Privileges& privileges, bool recorded) {
  if (!recorded) {
    return transport::Keep::Nothing;
  }
  return privileges.lent ? transport::Keep::Ours : transport::Keep::Everything;
}

}  // namespace

MachineRuntime::MachineRuntime(
    const TraceRequest& request,
    const Privileges& privileges,
    std::optional<SourcePorts> held,
    std::span<PlannedTrace> traces,
    const PacketRecorder& recorder)
    : names_{request.names},
      tap_{recorder, waiter_},
      ports_{std::move(held)},
      transport_{open_transport(request, privileges, traces)},
      tapped_{tap_.wrap(*transport_)} {
  waiter_.watch(resolver_.descriptor());
}

seam::Resolver* MachineRuntime::resolver() {
  switch (names_) {
    case HopNames::None: break;
    case HopNames::Public: return &public_names_;
    case HopNames::All: return &resolver_;
  }
  return nullptr;
}

std::unique_ptr<seam::Transport> MachineRuntime::open_transport(
    const TraceRequest& request, const Privileges& privileges, std::span<PlannedTrace> traces) {
  const bool raw = request.method == SendMethod::Raw;
  if (ports_) {
    ports_->assign_to(traces, ports_->numbers().size());
  } else if (raw || request.paris) {
    const bool low_ports = raw && privileges.low_ports;
    ports_ = SourcePorts::reserve_for(request, low_ports, traces);
    ports_->assign_to(traces, source_port_count(request));
    if (follow_connections(request, traces)) {
      ports_ = ports_->reserve_again(request, low_ports, traces.front());
      ports_->assign_to(traces, source_port_count(request));
    }
  }
  return raw ? open_raw(request, privileges, traces) : open_connect(request, traces);
}

std::unique_ptr<seam::Transport> MachineRuntime::open_connect(
    const TraceRequest& request, std::span<const PlannedTrace> traces) {
  auto connect = std::make_unique<transport::ConnectTransport>(transport::ConnectTransport::Options{
      .egress = egress_of(request.source),
      .interface = shared_interface(traces),
      .patience = request.path.wait.max,
      .holds_all = !request.path.wait.is_learnt(),
      .one_flow = request.paris});
  waiter_.watch(connect->descriptor());
  return connect;
}

std::unique_ptr<seam::Transport> MachineRuntime::open_raw(
    const TraceRequest& request,
    const Privileges& privileges,
    std::span<const PlannedTrace> traces) {
  auto raw = std::make_unique<transport::RawTransport>(
      privileges.raw,
      transport::RawTransport::Options{
          .source = traces.front().settings.head.source.address,
          .egress = egress_of(request.source),
          .source_ports = ports_->all(),
          .targets = addresses_of(traces),
          .next_hop = request.source.next_hop,
          .neighbour = shared_neighbour(traces),
          .interface = traces.front().settings.head.source.interface,
          .sink = tap_.sink(),
          .keep = keep_for(privileges, tap_.sink() != nullptr)});
  waiter_.watch(raw->descriptor());
  if (const auto deliveries = raw->delivery_descriptor()) {
    waiter_.watch(*deliveries);
  }
  return raw;
}

}  // namespace synroute::tracer
