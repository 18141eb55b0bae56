// SPDX-License-Identifier: Apache-2.0
#include "transport/deliveries.hpp"

#include "os/check.hpp"
#include "os/network/socket_address.hpp"
#include "os/rights/filter.hpp"
#include "wire/datagram.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

// Headers only: 60 bytes of IPv4 and 60 of TCP.
constexpr std::size_t kLongestHeaders = 120;
constexpr int kMaxPerCall = 1024;

/// A raw IPv6 socket gives the segment without its IP header; the rest of that header does not
/// matter to whoever looks at a Delivered.
std::vector<std::uint8_t> with_ipv6_header(
    std::span<const std::uint8_t> segment, const IpAddress& from, const IpAddress& to) {
  std::vector<std::uint8_t> packet(40, 0);
  packet[0] = 0x60;
  packet[4] = static_cast<std::uint8_t>(segment.size() >> 8);
  packet[5] = static_cast<std::uint8_t>(segment.size());
  packet[6] = IPPROTO_TCP;
  packet[7] = 64;
  std::ranges::copy(from.bytes(), packet.begin() + 8);
  std::ranges::copy(to.bytes(), packet.begin() + 24);
  packet.insert(packet.end(), segment.begin(), segment.end());
  return packet;
}

/// Packets that found no room in the buffer of the socket, ever.
std::uint32_t drops_of(int socket) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t size = sizeof info;
  return ::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, info.data(), &size) == 0
             ? info[SK_MEMINFO_DROPS]
             : 0;
}

}  // namespace

Deliveries::Deliveries(int socket, const IpAddress& source, const std::vector<Port>& source_ports)
    : socket_{socket}, source_{source} {
  os::attach_filter(socket_, os::delivered_filter(source.family(), source_ports));
  const os::SocketAddress from{source};
  os::check("listen behind the firewall", ::bind(socket_, from.data(), from.size()));
  // Not connected: that cannot be undone. Disconnecting takes a raw socket out of the kernel's
  // table for good, so the next trace of this process would hear nothing.
  std::uint8_t byte = 0;
  while (::recv(socket_, &byte, sizeof byte, MSG_DONTWAIT) >= 0) {}
  drops_before_ = drops_of(socket_);
}

bool Deliveries::has_lost_any() const {
  return drops_of(socket_) != drops_before_;
}

void Deliveries::receive(std::vector<seam::Incoming>& into) {
  for (int count = 0; count < kMaxPerCall; ++count) {
    std::array<std::uint8_t, kLongestHeaders> buffer{};
    os::SocketAddress peer;
    iovec piece{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr message{};
    message.msg_name = peer.data();
    message.msg_namelen = peer.size();
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    const ssize_t size = ::recvmsg(socket_, &message, MSG_DONTWAIT);
    if (size < 0) {
      return;
    }
    std::span<const std::uint8_t> bytes = std::span{buffer}.first(static_cast<std::size_t>(size));
    std::vector<std::uint8_t> whole;
    if (source_.family() == Family::V6) {
      whole = with_ipv6_header(bytes, peer.address().value_or(source_), source_);
      bytes = whole;
    }
    // Checksums are not looked at: over loopback and virtual links they are never filled in.
    if (auto datagram = wire::dissect(bytes); datagram && datagram->tcp() != nullptr) {
      into.emplace_back(seam::Delivered{std::move(*datagram)});
    }
  }
}

}  // namespace synroute::transport
