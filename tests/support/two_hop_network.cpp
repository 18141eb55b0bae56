// SPDX-License-Identifier: Apache-2.0
#include "support/two_hop_network.hpp"

#include "os/check.hpp"
#include "os/network/socket_address.hpp"
#include "os/network/socket_options.hpp"

#include <fmt/core.h>

#include <netinet/in.h>

namespace synroute::test {
namespace {

IpAddress pick(Family family, const char* v4, const char* v6) {
  return *IpAddress::parse(family == Family::V4 ? v4 : v6);
}

void configure(const NetworkNamespace& place, const std::string& batch) {
  place.run("ip -batch - <<'END'\n" + batch + "END\n");
}

}  // namespace

IpAddress TwoHopNetwork::source_address(Family family) {
  return pick(family, "192.0.2.7", "2001:db8:1::7");
}

IpAddress TwoHopNetwork::router_address(Family family) {
  return pick(family, "192.0.2.1", "2001:db8:1::1");
}

IpAddress TwoHopNetwork::target_address(Family family) {
  return pick(family, "203.0.113.80", "2001:db8:2::80");
}

TwoHopNetwork::TwoHopNetwork() {
  router_.run(
      "echo 1 > /proc/sys/net/ipv4/ip_forward;"
      "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding;"
      "echo 0 > /proc/sys/net/ipv4/icmp_ratelimit;"
      "echo 0 > /proc/sys/net/ipv6/icmp/ratelimit");
  configure(
      router_,
      fmt::format(
          "link add near type veth peer name wan netns {}\n"
          "link add far type veth peer name wan netns {}\n"
          "addr add 192.0.2.1/24 dev near\naddr add 2001:db8:1::1/64 dev near nodad\n"
          "addr add 203.0.113.1/24 dev far\naddr add 2001:db8:2::1/64 dev far nodad\n"
          "link set near up\nlink set far up\n",
          home_.path(),
          target_.path()));
  configure(
      home_,
      "addr add 192.0.2.7/24 dev wan\naddr add 2001:db8:1::7/64 dev wan nodad\nlink set wan up\n"
      "route add default via 192.0.2.1\nroute add default via 2001:db8:1::1\n");
  configure(
      target_,
      "addr add 203.0.113.80/24 dev wan\naddr add 2001:db8:2::80/64 dev wan nodad\nlink set wan "
      "up\n"
      "route add default via 203.0.113.1\nroute add default via 2001:db8:2::1\n");
  target_.run(fmt::format(
      "nft 'table inet silence {{ chain input {{ type filter hook input priority 0; "
      "tcp dport {} drop; }}; }}'",
      kSilent.value()));
  const Inside inside{target_};
  for (const Family family : {Family::V4, Family::V6}) {
    listeners_.push_back(listen_on(target_address(family), kOpen));
  }
}

os::Fd listen_on(const IpAddress& address, Port port) {
  os::Fd socket{os::check(
      "open TCP socket",
      ::socket(os::address_family(address.family()), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP))};
  os::set_option("reuse address", socket.get(), SOL_SOCKET, SO_REUSEADDR);
  const os::SocketAddress at{address, port};
  os::check("bind listener", ::bind(socket.get(), at.data(), at.size()));
  os::check("listen", ::listen(socket.get(), 64));
  return socket;
}

}  // namespace synroute::test
