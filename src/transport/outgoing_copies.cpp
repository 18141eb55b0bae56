// SPDX-License-Identifier: Apache-2.0
#include "transport/outgoing_copies.hpp"

#include "os/check.hpp"
#include "os/rights/filter.hpp"
#include "wire/datagram.hpp"

#include <array>
#include <cstring>
#include <span>

#include <arpa/inet.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

// The headers of a probe: 40 bytes of IPv6 and 60 of TCP; the payload is not looked at.
constexpr std::size_t kProbeHeaders = 128;

void bind_to(int socket, std::uint16_t protocol) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(protocol);
  sockaddr_storage room{};
  std::memcpy(&room, &address, sizeof address);
  os::check(
      "listen for own packets",
      ::bind(socket, reinterpret_cast<const sockaddr*>(&room), sizeof address));
}

std::optional<OutgoingCopy> read_copy(
    std::span<const std::uint8_t> bytes, const sockaddr_ll& device) {
  const auto datagram = wire::dissect(bytes);
  const auto* segment = datagram ? datagram->tcp() : nullptr;
  if (segment == nullptr) {
    return std::nullopt;
  }
  return OutgoingCopy{
      .tuple =
          {.source = datagram->ip.source,
           .source_port = segment->header.source_port,
           .destination = datagram->ip.destination,
           .destination_port = segment->header.destination_port},
      .sequence = segment->header.sequence,
      .flags = segment->header.flags,
      .ttl = datagram->ip.ttl,
      .interface = static_cast<std::uint32_t>(device.sll_ifindex),
      .by_loopback = device.sll_hatype == ARPHRD_LOOPBACK};
}

}  // namespace

OutgoingCopies::OutgoingCopies(int socket, Family family, wire::TcpFlags flags) : socket_{socket} {
  os::attach_filter(socket_, os::outgoing_filter(family, static_cast<std::uint8_t>(flags.bits())));
  bind_to(socket_, ETH_P_ALL);
}

OutgoingCopies::~OutgoingCopies() {
  // An empty program rejects everything: binding to protocol 0 would keep the former protocol.
  const std::array<sock_filter, 1> nothing{{{BPF_RET | BPF_K, 0, 0, 0}}};
  os::attach_filter(socket_, {nothing.begin(), nothing.end()});
}

void OutgoingCopies::receive(std::vector<OutgoingCopy>& into) {
  while (true) {
    std::array<std::uint8_t, kProbeHeaders> buffer{};
    sockaddr_ll from{};
    socklen_t size = sizeof from;
    const ssize_t length = ::recvfrom(
        socket_,
        buffer.data(),
        buffer.size(),
        MSG_DONTWAIT,
        reinterpret_cast<sockaddr*>(&from),
        &size);
    if (length < 0) {
      return;
    }
    if (const auto copy =
            read_copy(std::span{buffer}.first(static_cast<std::size_t>(length)), from)) {
      into.push_back(*copy);
    }
  }
}

std::uint64_t OutgoingCopies::dropped() {
  tpacket_stats fresh{};
  socklen_t size = sizeof fresh;
  if (::getsockopt(socket_, SOL_PACKET, PACKET_STATISTICS, &fresh, &size) == 0) {
    dropped_ += fresh.tp_drops;
  }
  return dropped_;
}

}  // namespace synroute::transport
