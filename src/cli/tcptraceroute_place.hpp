// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/plan.hpp"
#include "cli/tcptraceroute_arguments.hpp"
#include "os/network/port_reservation.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::cli {

/// "-i any": all devices, which is what we listen on anyway.
inline constexpr std::string_view kAnyDevice = "any";

/// Where the target is and how packets get there, or the complaint of tcptraceroute.
[[nodiscard]] std::expected<Place, std::string> find_place(const TcptracerouteArguments& arguments);

/// Source ports, and the sockets that hold them where they could be held.
struct LocalPorts {
  std::vector<Port> numbers;
  std::optional<os::PortReservation> reservation;
};

/// One port, or one for each probe with --track-port; or the complaint. `low_ports`: ports below
/// 1024 may be used.
[[nodiscard]] std::expected<LocalPorts, std::string> hold_ports(
    const TcptracerouteArguments& arguments, const Place& place, bool low_ports);

}  // namespace synroute::cli
