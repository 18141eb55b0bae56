// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "os/network/port_reservation.hpp"
#include "tracer/network/network.hpp"
#include "tracer/request/trace_request.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace synroute::tracer {

/// The source ports of some traces, reserved as long as this lives.
class SourcePorts {
 public:
  struct Options {
    IpAddress source;
    std::string interface;    ///< empty: as routed
    std::vector<Port> ports;  ///< 0: the kernel chooses a free one
    /// Ports below 1024 may be used without being reserved: the process gave up the permission to
    /// bind them.
    bool low_ports = false;
    bool shared = false;  ///< other sockets of ours use them as well
  };

  /// Reserves ports. Throws os::SystemError naming the port that is not free.
  explicit SourcePorts(const Options& options);
  /// A port that another program holds, used all the same.
  [[nodiscard]] static SourcePorts unreserved(Port port);
  /// As many as one trace of the request needs, on the source address of this one. All traces of a
  /// session share them: their targets tell their answers apart.
  [[nodiscard]] static SourcePorts reserve_for(
      const TraceRequest& request, bool low_ports, const PlannedTrace& first);

  /// The same numbers on the source address that the trace has now.
  [[nodiscard]] SourcePorts reserve_again(
      const TraceRequest& request, bool low_ports, const PlannedTrace& trace) const;

  [[nodiscard]] const std::vector<Port>& numbers() const { return numbers_; }
  /// numbers() and the proof ports.
  [[nodiscard]] std::vector<Port> all() const;
  void assign_to(PlannedTrace& trace) const;

 private:
  SourcePorts() = default;
  [[nodiscard]] static SourcePorts reserve(
      const TraceRequest& request,
      bool low_ports,
      const PlannedTrace& trace,
      std::vector<Port> ports);
  void reserve_proof_ports(const Options& options);

  std::vector<Port> numbers_;
  std::optional<os::PortReservation> reservation_;
  /// For engine::Settings::proof_ports.
  std::optional<os::PortReservation> proof_reservation_;
};

}  // namespace synroute::tracer
