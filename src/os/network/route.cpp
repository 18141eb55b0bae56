// SPDX-License-Identifier: Apache-2.0
#include "os/network/route.hpp"

#include "os/network/netlink.hpp"
#include "os/network/socket_address.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <unistd.h>

namespace synroute::os {
namespace {

/// IFF_LOWER_UP, which <linux/if.h> hides where <net/if.h> is read first.
constexpr std::uint32_t kLowerUp = 1U << 16;

std::string text_of(std::span<const std::uint8_t> value) {
  const auto end = std::ranges::find(value, std::uint8_t{0});
  return {value.begin(), end};
}

std::optional<Interface> read_link(const NetlinkMessage& message) {
  const auto fixed = message.fixed<ifinfomsg>();
  if (message.type != RTM_NEWLINK || !fixed) {
    return std::nullopt;
  }
  const auto attributes = message.attributes<ifinfomsg>();
  Interface result;
  result.index = static_cast<std::uint32_t>(fixed->ifi_index);
  result.up = (fixed->ifi_flags & IFF_UP) != 0;
  result.carrier = (fixed->ifi_flags & kLowerUp) != 0;
  result.loopback = (fixed->ifi_flags & IFF_LOOPBACK) != 0;
  result.mtu = attributes.number(IFLA_MTU).value_or(0);
  if (const auto name = attributes.find(IFLA_IFNAME)) {
    result.name = text_of(*name);
  }
  if (const auto info = attributes.find(IFLA_LINKINFO)) {
    const auto kind = NetlinkAttributes{*info}.find(IFLA_INFO_KIND);
    result.vrf = kind && text_of(*kind) == "vrf";
  }
  return result;
}

IpAddress with_zone(const IpAddress& address, std::uint32_t interface) {
  if (address.family() == Family::V4 || !address.is_link_local()) {
    return address;
  }
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(address.bytes(), bytes.begin());
  return IpAddress::v6(bytes, interface);
}

void read_address(const NetlinkMessage& message, std::vector<Interface>& into) {
  const auto fixed = message.fixed<ifaddrmsg>();
  if (message.type != RTM_NEWADDR || !fixed) {
    return;
  }
  const auto attributes = message.attributes<ifaddrmsg>();
  // On a point-to-point link IFA_ADDRESS is the peer and IFA_LOCAL is ours; IPv6 may lack the
  // latter.
  const auto ours = attributes.address(IFA_LOCAL);
  const auto address = ours ? ours : attributes.address(IFA_ADDRESS);
  const auto owner = std::ranges::find(into, fixed->ifa_index, &Interface::index);
  if (address && owner != into.end()) {
    owner->addresses.push_back(with_zone(*address, owner->index));
  }
}

std::vector<Interface> links(Netlink& kernel, std::uint32_t only = 0) {
  ifinfomsg fixed{};
  fixed.ifi_family = AF_UNSPEC;
  fixed.ifi_index = static_cast<int>(only);
  const std::uint16_t all = only == 0 ? NLM_F_DUMP : 0;
  std::vector<Interface> result;
  const NetlinkAnswer answer = kernel.ask(NetlinkRequest{RTM_GETLINK, all, fixed});
  for (const NetlinkMessage& message : answer.messages) {
    if (auto link = read_link(message)) {
      result.push_back(std::move(*link));
    }
  }
  return result;
}

std::uint32_t interface_of(const RouteRequest& request) {
  return request.interface.value_or(request.target.zone());
}

void ask_for_connection(NetlinkRequest& question, const TcpPorts& ports) {
  const std::array<std::uint8_t, 1> protocol{IPPROTO_TCP};
  question.attribute(RTA_IP_PROTO, protocol);
  const auto add_port = [&](std::uint16_t type, Port port) {
    if (port != Port{0}) {
      const std::array<std::uint8_t, 2> bytes{
          static_cast<std::uint8_t>(port.value() >> 8), static_cast<std::uint8_t>(port.value())};
      question.attribute(type, bytes);
    }
  };
  add_port(RTA_SPORT, ports.source);
  add_port(RTA_DPORT, ports.destination);
  // Without RTA_UID the kernel takes the real user of the caller, as for a connection. It cannot be
  // named here: once permissions are dropped this process may be in a user namespace of its own,
  // in which getuid() has another number.
}

NetlinkRequest question(const RouteRequest& request, unsigned flags = 0) {
  rtmsg fixed{};
  fixed.rtm_flags = flags;
  fixed.rtm_tos = request.tos & kTosOfRoutes;
  fixed.rtm_family = static_cast<unsigned char>(address_family(request.target.family()));
  fixed.rtm_dst_len = static_cast<unsigned char>(request.target.bytes().size() * 8);
  fixed.rtm_src_len = request.source ? fixed.rtm_dst_len : 0;
  NetlinkRequest result{RTM_GETROUTE, 0, fixed};
  result.attribute(RTA_DST, request.target.bytes());
  if (request.source) {
    result.attribute(RTA_SRC, request.source->bytes());
  }
  if (const std::uint32_t interface = interface_of(request); interface != 0) {
    result.attribute(RTA_OIF, interface);
  }
  if (request.mark != 0) {
    result.attribute(RTA_MARK, request.mark);
  }
  if (request.tcp) {
    ask_for_connection(result, *request.tcp);
  }
  return result;
}

/// A found route with its type, which decides whether it leads anywhere.
struct Found {
  Route route;
  std::uint8_t type = RTN_UNSPEC;
};

std::uint32_t route_mtu(const NetlinkAttributes& attributes) {
  const auto metrics = attributes.find(RTA_METRICS);
  return metrics ? NetlinkAttributes{*metrics}.number(RTAX_MTU).value_or(0) : 0;
}

/// RTA_VIA: a next hop of the other family (RFC 5549): a family in two bytes, then the address.
std::optional<IpAddress> via(const NetlinkAttributes& attributes) {
  const auto value = attributes.find(RTA_VIA);
  if (!value || value->size() != 18) {
    return std::nullopt;
  }
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(value->subspan(2), bytes.begin());
  return IpAddress::v6(bytes);
}

std::optional<Found> read_route(const NetlinkMessage& message, const RouteRequest& request) {
  const auto fixed = message.fixed<rtmsg>();
  if (message.type != RTM_NEWROUTE || !fixed) {
    return std::nullopt;
  }
  const auto attributes = message.attributes<rtmsg>();
  Found found;
  found.type = fixed->rtm_type;
  found.route.interface = attributes.number(RTA_OIF).value_or(0);
  found.route.gateway = attributes.address(RTA_GATEWAY);
  if (!found.route.gateway) {
    found.route.gateway = via(attributes);
  }
  found.route.mtu = route_mtu(attributes);
  found.route.local = fixed->rtm_type == RTN_LOCAL;
  const auto preferred = attributes.address(RTA_PREFSRC);
  found.route.source = request.source ? *request.source : preferred.value_or(request.target);
  found.route.source = with_zone(found.route.source, found.route.interface);
  return found;
}

NoRoute kind_of(int error) {
  switch (error) {
    case ENETUNREACH: return NoRoute::NetworkUnreachable;
    case EHOSTUNREACH: return NoRoute::HostUnreachable;
    case EACCES: return NoRoute::Prohibited;
    case EINVAL: return NoRoute::Blackhole;
    case ENETDOWN:
    case ENODEV: return NoRoute::InterfaceDown;
    default: return NoRoute::Other;
  }
}

int error_of(std::uint8_t type) {
  switch (type) {
    case RTN_UNREACHABLE: return EHOSTUNREACH;
    case RTN_PROHIBIT: return EACCES;
    case RTN_BLACKHOLE: return EINVAL;
    default: return 0;
  }
}

bool looks_at_connections(const NetlinkMessage& rule) {
  constexpr std::array<std::uint16_t, 4> kOfConnections{
      FRA_IP_PROTO, FRA_SPORT_RANGE, FRA_DPORT_RANGE, FRA_UID_RANGE};
  const auto attributes = rule.attributes<fib_rule_hdr>();
  return std::ranges::any_of(
      kOfConnections, [&](std::uint16_t type) { return attributes.find(type).has_value(); });
}

}  // namespace

std::vector<Interface> interfaces() {
  Netlink kernel;
  std::vector<Interface> result = links(kernel);
  ifaddrmsg fixed{};
  fixed.ifa_family = AF_UNSPEC;
  const NetlinkAnswer answer = kernel.ask(NetlinkRequest{RTM_GETADDR, NLM_F_DUMP, fixed});
  for (const NetlinkMessage& message : answer.messages) {
    read_address(message, result);
  }
  std::ranges::sort(result, {}, &Interface::index);
  return result;
}

std::optional<Interface> find_interface(std::string_view name) {
  std::vector<Interface> all = interfaces();
  const auto found = std::ranges::find(all, name, &Interface::name);
  return found != all.end() ? std::optional{std::move(*found)} : std::nullopt;
}

std::optional<Interface> find_link(std::uint32_t index) {
  Netlink kernel;
  std::vector<Interface> found = links(kernel, index);
  return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

std::string_view describe(NoRoute kind) {
  switch (kind) {
    case NoRoute::NetworkUnreachable: return "network is unreachable";
    case NoRoute::HostUnreachable: return "a local route says unreachable";
    case NoRoute::Prohibited: return "a local route prohibits it";
    case NoRoute::Blackhole: return "a local blackhole route drops it";
    case NoRoute::NotOurSource: return "the source address is not of this host";
    case NoRoute::InterfaceDown: return "the interface is down";
    case NoRoute::Other: break;
  }
  return "no route";
}

std::expected<Route, RouteFailure> find_route(const RouteRequest& request) {
  // The kernel calls a foreign source unreachable in IPv4, and does not look at it in IPv6.
  if (request.source && !owns(*request.source)) {
    return std::unexpected{RouteFailure{NoRoute::NotOurSource, EADDRNOTAVAIL}};
  }
  Netlink kernel;
  const NetlinkAnswer answer = kernel.ask(question(request));
  std::optional<Found> found;
  for (const NetlinkMessage& message : answer.messages) {
    found = read_route(message, request);
  }
  int error = answer.error;
  if (error == 0) {
    error = found ? error_of(found->type) : ENETUNREACH;
  }
  if (error != 0) {
    return std::unexpected{RouteFailure{kind_of(error), error}};
  }
  for (const Interface& link : links(kernel, found->route.interface)) {
    found->route.interface_name = link.name;
    found->route.mtu = found->route.mtu != 0 ? found->route.mtu : link.mtu;
  }
  return std::move(found->route);
}

bool has_route(const RouteRequest& request) {
  Netlink kernel;
  const NetlinkAnswer matched = kernel.ask(question(request, RTM_F_FIB_MATCH));
  return matched.error == 0 && !matched.messages.empty();
}

bool depends_on_connection(const RouteRequest& request) {
  Netlink kernel;
  fib_rule_hdr fixed{};
  fixed.family = static_cast<std::uint8_t>(address_family(request.target.family()));
  const NetlinkAnswer rules = kernel.ask(NetlinkRequest{RTM_GETRULE, NLM_F_DUMP, fixed});
  if (std::ranges::any_of(rules.messages, looks_at_connections)) {
    return true;
  }
  const NetlinkAnswer matched = kernel.ask(question(request, RTM_F_FIB_MATCH));
  return std::ranges::any_of(matched.messages, [](const NetlinkMessage& message) {
    return message.attributes<rtmsg>().find(RTA_MULTIPATH).has_value();
  });
}

bool owns(const IpAddress& address) {
  const auto holds = [&](const Interface& interface) {
    return (address.zone() == 0 || address.zone() == interface.index)
           && std::ranges::find(interface.addresses, address) != interface.addresses.end();
  };
  if (std::ranges::any_of(interfaces(), holds)) {
    return true;
  }
  // All of 127.0.0.0/8, and ranges bound by a local route, belong to this host without being
  // listed.
  const auto route = find_route({.target = address});
  return route && route->local;
}

}  // namespace synroute::os
