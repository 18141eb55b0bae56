// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::os {

struct Interface {
  std::uint32_t index = 0;
  std::string name;
  std::uint32_t mtu = 0;
  bool up = false;
  bool carrier = false;  ///< the link below is there: a cable, a peer, a process behind a tunnel
  bool loopback = false;
  bool vrf = false;  ///< groups other interfaces (Linux: net/vrf); none of them itself
  std::vector<IpAddress> addresses;  ///< link-local ones carry this interface as their zone
};

/// All interfaces of this network namespace, by index.
[[nodiscard]] std::vector<Interface> interfaces();
[[nodiscard]] std::optional<Interface> find_interface(std::string_view name);
/// Without its addresses, which would take a second question.
[[nodiscard]] std::optional<Interface> find_link(std::uint32_t index);

/// The ports of a connection; 0: not known yet.
struct TcpPorts {
  Port source;
  Port destination;
};

struct RouteRequest {
  IpAddress target;
  std::optional<IpAddress> source;
  std::optional<std::uint32_t> interface;  ///< index; a zone of the target counts as one
  std::uint32_t mark = 0;
  std::uint8_t tos = 0;
  /// Of a TCP connection that this process's user opens. Absent: any packet.
  std::optional<TcpPorts> tcp;
};

/// How packets to the target leave.
struct Route {
  IpAddress source;
  std::uint32_t interface = 0;
  std::string interface_name;
  std::optional<IpAddress> gateway;  ///< absent when the target is a neighbour or this host
  std::uint32_t mtu = 0;             ///< of the route, else of the interface
  bool local = false;                ///< the target is this host
};

enum class NoRoute : std::uint8_t {
  NetworkUnreachable,  ///< no route at all
  HostUnreachable,     ///< a route that says unreachable
  Prohibited,          ///< a route that says prohibit
  Blackhole,           ///< a route that drops silently
  NotOurSource,        ///< the requested source is not an address of this host
  InterfaceDown,       ///< the requested interface is down or gone
  Other,
};

/// No route, with the kernel's error number.
struct RouteFailure {
  NoRoute kind = NoRoute::Other;
  int error = 0;
};
/// "network is unreachable", …
[[nodiscard]] std::string_view describe(NoRoute kind);

/// Asks the kernel, as sending would: policy rules, marks and the preferred source included.
[[nodiscard]] std::expected<Route, RouteFailure> find_route(const RouteRequest& request);

/// The bits of the TOS that routes may depend on (IPTOS_RT_MASK of the kernel); the lowest two are
/// for ECN.
inline constexpr std::uint8_t kTosOfRoutes = 0x1c;

/// Whether the tables have an entry for this. find_route() also finds what the kernel assumes
/// without one: that everything is on the link of an interface that was asked for.
[[nodiscard]] bool has_route(const RouteRequest& request);

/// Whether the route of a connection may depend on more than its addresses: a routing rule looks at
/// protocol, ports or user, or the route shares its load among next hops.
[[nodiscard]] bool depends_on_connection(const RouteRequest& request);

/// True when packets to this address are delivered to this host. A zone must fit when it is given.
[[nodiscard]] bool owns(const IpAddress& address);

}  // namespace synroute::os
