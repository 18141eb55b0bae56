// SPDX-License-Identifier: Apache-2.0
#include "tun.hpp"

#include "neighbour.hpp"
#include "os/check.hpp"
#include "os/network/netlink.hpp"
#include "wire/datagram.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace synroute::lab {

namespace {

constexpr std::string_view kName = "lab0";
constexpr std::size_t kLargestPacket = 65535;
constexpr std::uint32_t kQueueLength =
    5000;  // packets the kernel queues while this process is busy

void must(os::Netlink& netlink, std::string_view attempt, const os::NetlinkRequest& request) {
  const int error = netlink.ask(request).error;
  if (error != 0) {
    throw os::SystemError{attempt, error};
  }
}

constexpr std::uint16_t kCreate = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
constexpr std::uint16_t kChange = NLM_F_REQUEST | NLM_F_ACK;

int family_number(const IpAddress& address) {
  return address.family() == Family::V4 ? AF_INET : AF_INET6;
}

/// The base of a request that brings an interface up.
os::NetlinkRequest bring_up(int index) {
  ifinfomsg link{};
  link.ifi_index = index;
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  return {RTM_NEWLINK, kChange, link};
}

void set_up(os::Netlink& netlink, int index, std::size_t mtu, LinkKind kind) {
  os::NetlinkRequest request = bring_up(index);
  request.attribute(IFLA_MTU, static_cast<std::uint32_t>(mtu));
  request.attribute(IFLA_TXQLEN, kQueueLength);
  if (kind == LinkKind::Ethernet) {
    request.attribute(IFLA_ADDRESS, kOwnMac);
  }
  must(netlink, "bring up the device", request);
}

/// The gateway at the other end of the link; not an address of any scenario.
IpAddress gateway(Family family) {
  constexpr std::uint32_t kLinkLocal = 0xa9fe0001;  // 169.254.0.1
  return family == Family::V4 ? IpAddress::v4(kLinkLocal) : *IpAddress::parse("fe80::1");
}

void add_address(os::Netlink& netlink, int index, const IpAddress& address) {
  ifaddrmsg fixed{};
  fixed.ifa_family = static_cast<std::uint8_t>(family_number(address));
  fixed.ifa_prefixlen = address.family() == Family::V4 ? 32 : 128;
  fixed.ifa_flags = IFA_F_NODAD;
  fixed.ifa_index = static_cast<std::uint32_t>(index);
  os::NetlinkRequest request{RTM_NEWADDR, kCreate, fixed};
  request.attribute(IFA_LOCAL, address.bytes()).attribute(IFA_ADDRESS, address.bytes());
  must(netlink, "give the device its address", request);
}

void add_default_route(os::Netlink& netlink, int index, const IpAddress& source, LinkKind kind) {
  rtmsg fixed{};
  fixed.rtm_flags = kind == LinkKind::Ethernet ? RTNH_F_ONLINK : 0;
  fixed.rtm_family = static_cast<std::uint8_t>(family_number(source));
  fixed.rtm_table = RT_TABLE_MAIN;
  fixed.rtm_protocol = RTPROT_STATIC;
  fixed.rtm_scope = RT_SCOPE_UNIVERSE;
  fixed.rtm_type = RTN_UNICAST;
  os::NetlinkRequest request{RTM_NEWROUTE, kCreate, fixed};
  request.attribute(RTA_OIF, static_cast<std::uint32_t>(index));
  request.attribute(RTA_PREFSRC, source.bytes());
  if (kind == LinkKind::Ethernet) {
    request.attribute(RTA_GATEWAY, gateway(source.family()).bytes());
  }
  must(netlink, "make the default route", request);
}

/// From an address that no scenario can have (RFC 2544, RFC 5180).
std::vector<std::uint8_t> echo_request(const IpAddress& to) {
  const bool four = to.family() == Family::V4;
  wire::Datagram request;
  request.ip.source = *IpAddress::parse(four ? "198.18.0.1" : "2001:2::1");
  request.ip.destination = to;
  request.ip.ttl = Ttl{64};
  request.ip.protocol =
      static_cast<std::uint8_t>(four ? wire::Protocol::Icmp : wire::Protocol::Icmp6);
  request.body =
      wire::IcmpMessage{.type = static_cast<std::uint8_t>(four ? 8 : 128), .payload = {}};
  return wire::bytes(request);
}

}  // namespace

Tun::Tun(std::span<const IpAddress> addresses, std::size_t mtu, LinkKind kind)
    : kind_{kind}, buffer_(kEthernetHeaderSize + kLargestPacket) {
  device_ = os::Fd{
      os::check("open /dev/net/tun", ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC))};
  ifreq request{};
  std::ranges::copy(kName, &request.ifr_name[0]);
  request.ifr_flags =
      static_cast<short>((kind == LinkKind::Ethernet ? IFF_TAP : IFF_TUN) | IFF_NO_PI);
  os::check("create the device", ::ioctl(device_.get(), TUNSETIFF, &request));

  os::Netlink netlink;
  const auto index = static_cast<int>(::if_nametoindex(&request.ifr_name[0]));
  must(netlink, "bring up lo", bring_up(static_cast<int>(::if_nametoindex("lo"))));
  set_up(netlink, index, mtu, kind);
  for (const IpAddress& address : addresses) {
    add_address(netlink, index, address);
  }
  for (const Family family : {Family::V4, Family::V6}) {
    const auto first = std::ranges::find(addresses, family, &IpAddress::family);
    if (first != addresses.end()) {
      add_default_route(netlink, index, *first, kind);
      wait_until_up(*first);
    }
  }
}

void Tun::wait_until_up(const IpAddress& address) {
  constexpr int kTries = 250;  // five seconds
  const auto request = echo_request(address);
  for (int i = 0; i < kTries; ++i) {
    if (write(request) && gets_echo_reply()) {
      while (gets_echo_reply()) {  // those of earlier tries
      }
      return;
    }
  }
  throw os::SystemError{"wait for the device", ETIMEDOUT};
}

/// Reads packets of the kernel until an echo reply or a time-out.
bool Tun::gets_echo_reply() {
  constexpr int kPatience = 20;  // milliseconds
  pollfd watched{device_.get(), POLLIN, 0};
  while (::poll(&watched, 1, kPatience) > 0) {
    const auto answer = wire::dissect(read());
    const wire::IcmpMessage* icmp = answer ? answer->icmp() : nullptr;
    if (icmp != nullptr && (icmp->type == 0 || icmp->type == 129)) {
      return true;
    }
  }
  return false;
}

std::span<const std::uint8_t> Tun::read_device() {
  const ssize_t size = ::read(device_.get(), buffer_.data(), buffer_.size());
  if (size < 0 && errno != EAGAIN && errno != EINTR) {
    throw os::SystemError{"read from the device", errno};
  }
  return std::span{buffer_}.first(size > 0 ? static_cast<std::size_t>(size) : 0);
}

std::span<const std::uint8_t> Tun::read() {
  auto frame = read_device();
  if (kind_ == LinkKind::Packets) {
    return frame;
  }
  while (const auto answer = neighbour_answer(frame)) {
    [[maybe_unused]] const ssize_t lost = ::write(device_.get(), answer->data(), answer->size());
    frame = read_device();
  }
  return frame.empty() ? frame : frame.subspan(kEthernetHeaderSize);
}

bool Tun::write(std::span<const std::uint8_t> packet) {
  // Fails with EINVAL for truncated packets and bytes that are not IP.
  if (kind_ == LinkKind::Packets) {
    return ::write(device_.get(), packet.data(), packet.size()) >= 0;
  }
  const bool four = !packet.empty() && packet[0] >> 4 == 4;
  auto header = header_from_gateway(four ? EtherType::Ipv4 : EtherType::Ipv6);
  std::vector<std::uint8_t> bytes{packet.begin(), packet.end()};
  const std::array<iovec, 2> parts{
      iovec{header.data(), header.size()}, iovec{bytes.data(), bytes.size()}};
  return ::writev(device_.get(), parts.data(), static_cast<int>(parts.size())) >= 0;
}

}  // namespace synroute::lab
