// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/machine_runtime.hpp"

#include "tracer/network/connection_route.hpp"
#include "tracer/network/plan.hpp"
#include "transport/connect_transport.hpp"
#include "transport/raw_transport.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace synroute::tracer {
namespace {

/// The shortest time between two turns with many targets: at 10,000 probes a second one turn then
/// handles several packets. The kernel stamps packets, and the pacer catches up.
constexpr Duration kTurnOfMany = std::chrono::microseconds{500};
/// So few make no difference, and end sooner without.
constexpr std::size_t kFew = 16;

os::Egress egress_of(const SourceOptions& source) {
  return {.interface = source.interface, .mark = source.mark};
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
    const PlannedTrace& first,
    const PacketRecorder& recorder)
    : request_{request},
      source_{first.settings.head.source.address},
      tap_{recorder, waiter_},
      ports_{std::move(held)},
      transport_{open_transport(privileges, first)},
      tapped_{tap_.wrap(*transport_)} {
  waiter_.watch(resolver_.descriptor());
}

seam::Resolver* MachineRuntime::resolver() {
  switch (request_.names) {
    case HopNames::None: break;
    case HopNames::Public: return &public_names_;
    case HopNames::All: return &resolver_;
  }
  return nullptr;
}

bool MachineRuntime::is_alone() const {
  return request_.targets.size() == 1 && !request_.more_targets;
}

/// A raw transport has one source address, and so have the reserved ports.
bool MachineRuntime::admit(PlannedTrace& trace) {
  if (!ports_) {
    tell_next_hop(trace);
    return true;
  }
  if (is_alone()) {
    trace.settings.head.source.address = source_;
  } else if (trace.settings.head.source.address != source_) {
    return false;
  }
  ports_->assign_to(trace);
  static_cast<void>(follow_connection(request_, trace, /*keeps_address=*/true));
  tell_next_hop(trace);
  return true;
}

void MachineRuntime::tell_next_hop(const PlannedTrace& trace) {
  const model::Trace& head = trace.settings.head;
  const transport::NextHop hop{
      .address = head.source.gateway.value_or(head.target.address),
      .interface = head.source.interface};
  if (raw_ != nullptr) {
    raw_->expect_next_hop(head.target.address, hop);
  } else if (connect_ != nullptr) {
    connect_->expect_next_hop(head.target.address, hop);
  }
}

std::unique_ptr<seam::Transport> MachineRuntime::open_transport(
    const Privileges& privileges, const PlannedTrace& first) {
  const bool raw = request_.method == SendMethod::Raw;
  if (!ports_ && (raw || request_.paris)) {
    const bool low_ports = raw && privileges.low_ports;
    ports_ = SourcePorts::reserve_for(request_, low_ports, first);
    PlannedTrace moved{.settings = first.settings, .strategy = {}};
    ports_->assign_to(moved);
    if (follow_connection(request_, moved, !is_alone())) {
      source_ = moved.settings.head.source.address;
      ports_ = ports_->reserve_again(request_, low_ports, moved);
    }
  }
  return raw ? open_raw(privileges, first) : open_connect(first);
}

std::unique_ptr<seam::Transport> MachineRuntime::open_connect(const PlannedTrace& first) {
  auto connect = std::make_unique<transport::ConnectTransport>(transport::ConnectTransport::Options{
      .egress = egress_of(request_.source),
      .interface = is_alone() ? first.settings.head.source.interface : "",
      .patience = request_.path.wait.max,
      .holds_all = !request_.path.wait.is_learnt(),
      .one_flow = request_.paris});
  waiter_.watch(connect->descriptor());
  connect_ = connect.get();
  return connect;
}

std::unique_ptr<seam::Transport> MachineRuntime::open_raw(
    const Privileges& privileges, const PlannedTrace& first) {
  const bool alone = is_alone();
  auto raw = std::make_unique<transport::RawTransport>(
      privileges.raw,
      transport::RawTransport::Options{
          .source = source_,
          .egress = egress_of(request_.source),
          .source_ports = ports_->all(),
          .targets =
              alone ? std::vector{first.settings.head.target.address} : std::vector<IpAddress>{},
          .next_hop = request_.source.next_hop,
          .hears_loopback = first.settings.head.source.interface.empty(),
          .sink = tap_.sink(),
          .keep = keep_for(privileges, tap_.sink() != nullptr)});
  waiter_.watch(raw->descriptor());
  if (const auto deliveries = raw->delivery_descriptor()) {
    waiter_.watch(*deliveries);
  }
  if (request_.more_targets || request_.targets.size() > kFew) {
    waiter_.gather(kTurnOfMany);
  }
  raw_ = raw.get();
  return raw;
}

}  // namespace synroute::tracer
