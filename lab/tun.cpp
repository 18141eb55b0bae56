// SPDX-License-Identifier: Apache-2.0
#include "tun.hpp"

#include "os/check.hpp"
#include "os/netlink.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace synroute::lab {

namespace {

constexpr std::string_view kName = "lab0";
constexpr std::size_t kLargestPacket = 65535;
constexpr std::uint32_t kQueueLength = 5000;  // packets the kernel keeps for us while we are busy

void must(os::Netlink& netlink, std::string_view attempt, const os::NetlinkRequest& request) {
  const int error = netlink.ask(request, [](const os::NetlinkMessage&) {});
  if (error != 0) {
    throw os::SystemError{attempt, error};
  }
}

constexpr std::uint16_t kCreate = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
constexpr std::uint16_t kChange = NLM_F_REQUEST | NLM_F_ACK;

int family_number(const IpAddress& address) {
  return address.family() == Family::V4 ? AF_INET : AF_INET6;
}

void set_up(os::Netlink& netlink, int index, std::optional<std::size_t> mtu) {
  ifinfomsg link{};
  link.ifi_index = index;
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  os::NetlinkRequest request{RTM_NEWLINK, kChange, link};
  if (mtu) {
    request.attribute(IFLA_MTU, static_cast<std::uint32_t>(*mtu));
    request.attribute(IFLA_TXQLEN, kQueueLength);
  }
  must(netlink, "bring up an interface", request);
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

void add_default_route(os::Netlink& netlink, int index, const IpAddress& source) {
  rtmsg fixed{};
  fixed.rtm_family = static_cast<std::uint8_t>(family_number(source));
  fixed.rtm_table = RT_TABLE_MAIN;
  fixed.rtm_protocol = RTPROT_STATIC;
  fixed.rtm_scope = RT_SCOPE_UNIVERSE;
  fixed.rtm_type = RTN_UNICAST;
  os::NetlinkRequest request{RTM_NEWROUTE, kCreate, fixed};
  request.attribute(RTA_OIF, static_cast<std::uint32_t>(index));
  request.attribute(RTA_PREFSRC, source.bytes());
  must(netlink, "make the default route", request);
}

}  // namespace

Tun::Tun(std::span<const IpAddress> addresses, std::size_t mtu) : buffer_(kLargestPacket) {
  device_ = os::Fd{
      os::check("open /dev/net/tun", ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC))};
  ifreq request{};
  std::ranges::copy(kName, &request.ifr_name[0]);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  os::check("create a TUN device", ::ioctl(device_.get(), TUNSETIFF, &request));

  os::Netlink netlink;
  const auto index = static_cast<int>(::if_nametoindex(kName.data()));
  set_up(netlink, static_cast<int>(::if_nametoindex("lo")), std::nullopt);
  set_up(netlink, index, mtu);
  for (const IpAddress& address : addresses) {
    add_address(netlink, index, address);
  }
  for (const Family family : {Family::V4, Family::V6}) {
    const auto first = std::ranges::find(addresses, family, &IpAddress::family);
    if (first != addresses.end()) {
      add_default_route(netlink, index, *first);
    }
  }
}

std::span<const std::uint8_t> Tun::read() {
  const ssize_t size = ::read(device_.get(), buffer_.data(), buffer_.size());
  if (size < 0 && errno != EAGAIN && errno != EINTR) {
    throw os::SystemError{"read from the TUN device", errno};
  }
  return std::span{buffer_}.first(size > 0 ? static_cast<std::size_t>(size) : 0);
}

bool Tun::write(std::span<const std::uint8_t> packet) {
  // EINVAL: half packets and garbage that the kernel does not take for IP.
  return ::write(device_.get(), packet.data(), packet.size()) >= 0;
}

}  // namespace synroute::lab
