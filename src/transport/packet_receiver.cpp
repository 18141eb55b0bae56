// SPDX-License-Identifier: Apache-2.0
#include "transport/packet_receiver.hpp"

#include "os/check.hpp"
#include "os/clock.hpp"
#include "os/network/control_message.hpp"
#include "os/network/socket_options.hpp"
#include "os/rights/filter.hpp"
#include "wire/checksum.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

// Answers are small; an ICMP error is at most 1280 bytes (RFC 4443) or 576 (RFC 1812), and of a
// longer one the front is enough.
constexpr std::size_t kLargestRead = 4096;
// Bounds one call, so that a flood cannot keep the caller from its deadlines.
constexpr int kMaxPacketsPerCall = 1024;

std::uint16_t ethertype(Family family) {
  return family == Family::V4 ? ETH_P_IP : ETH_P_IPV6;
}

void listen(int descriptor, std::uint16_t type) {
  sockaddr_ll everywhere{};
  everywhere.sll_family = AF_PACKET;
  everywhere.sll_protocol = htons(type);
  sockaddr_storage address{};
  std::memcpy(&address, &everywhere, sizeof everywhere);
  os::check(
      "listen for packets",
      ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof everywhere));
}

bool has_good_ip_checksum(const wire::IpHeader& ip, std::span<const std::uint8_t> bytes) {
  return ip.family() == Family::V6
         || wire::InternetSum{}.add(bytes.first(ip.header_size)).verdict() == wire::Checksum::Good;
}

/// The verdict of the transport checksum; null for what has none.
wire::Checksum* verdict(wire::Datagram& datagram) {
  if (auto* tcp = std::get_if<wire::TcpSegment>(&datagram.body)) {
    return &tcp->checksum;
  }
  if (auto* icmp = std::get_if<wire::IcmpMessage>(&datagram.body)) {
    return &icmp->checksum;
  }
  return nullptr;
}

void believe(KernelChecksum kernel, wire::Checksum& verdict) {
  switch (kernel) {
    case KernelChecksum::Silent: break;
    case KernelChecksum::NotFilledIn: verdict = wire::Checksum::Unknown; break;
    case KernelChecksum::Good: verdict = wire::Checksum::Good; break;
  }
}

KernelChecksum kernel_checksum(const tpacket_auxdata& auxiliary) {
  if ((auxiliary.tp_status & TP_STATUS_CSUMNOTREADY) != 0) {
    return KernelChecksum::NotFilledIn;
  }
  return (auxiliary.tp_status & TP_STATUS_CSUM_VALID) != 0 ? KernelChecksum::Good
                                                           : KernelChecksum::Silent;
}

bool is_error(Family family, std::uint8_t type) {
  switch (wire::kind(family, type)) {
    case wire::IcmpKind::TimeExceeded:
    case wire::IcmpKind::Unreachable:
    case wire::IcmpKind::PacketTooBig:
    case wire::IcmpKind::ParameterProblem:
    case wire::IcmpKind::SourceQuench:
    case wire::IcmpKind::Redirect: return true;
    case wire::IcmpKind::EchoRequest:
    case wire::IcmpKind::EchoReply:
    case wire::IcmpKind::Other: break;
  }
  return false;
}

/// What RawSockets::admitted() hears.
bool is_counted(Family family, std::uint8_t type) {
  const wire::IcmpKind kind = wire::kind(family, type);
  return is_error(family, type) && kind != wire::IcmpKind::SourceQuench
         && kind != wire::IcmpKind::Redirect;
}

}  // namespace

PacketReceiver::PacketReceiver(
    const RawSockets& sockets, Audience audience, const OwnTranslations& translations, Keep keep)
    : keep_{keep},
      audience_{std::move(audience)},
      translations_{translations},
      socket_{sockets.receiver()},
      admitted_{sockets.admitted(audience_.source.family())} {
  const Family family = audience_.source.family();
  attach_filter();
  forget_what_came();
  os::set_option("ask for checksum state", socket_, SOL_PACKET, PACKET_AUXDATA);
  os::set_option("ask for receive stamps", socket_, SOL_SOCKET, SO_TIMESTAMPNS);
  std::ranges::sort(audience_.ports);
  std::ranges::sort(audience_.targets);
  listen(socket_, ethertype(family));
}

void PacketReceiver::attach_filter() {
  os::attach_filter(
      socket_,
      os::receive_filter(
          {.family = audience_.source.family(),
           .targets = audience_.targets,
           .ports = audience_.ports,
           .any_answer = expects_translated_}));
}

void PacketReceiver::expect_translated(bool translated) {
  if (expects_translated_ != translated) {
    expects_translated_ = translated;
    attach_filter();
  }
}

/// The socket may have listened for somebody before us.
void PacketReceiver::forget_what_came() {
  std::uint8_t byte = 0;
  while (::recv(socket_, &byte, sizeof byte, MSG_DONTWAIT) >= 0) {}
  count_drops();
  counters_ = {};
  count_admitted();
  errors_admitted_ = 0;
}

/// The kernel hands an error to this socket after its firewall, a moment after we may have seen it.
/// Others' errors count as well, so this may be more than ours.
void PacketReceiver::count_admitted() {
  std::array<mmsghdr, 32> batch{};
  int count = static_cast<int>(batch.size());
  while (admitted_ >= 0 && count == static_cast<int>(batch.size())) {
    count = ::recvmmsg(admitted_, batch.data(), batch.size(), MSG_DONTWAIT, nullptr);
    errors_admitted_ += static_cast<std::uint64_t>(std::max(count, 0));
  }
}

void PacketReceiver::receive(std::vector<StampedDatagram>& into) {
  errors_settled_ = errors_heard_;
  count_admitted();
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the kernel fills it
  std::array<std::uint8_t, kLargestRead> buffer;
  for (int count = 0; count < kMaxPacketsPerCall; ++count) {
    alignas(cmsghdr) std::array<std::uint8_t, 256> control{};
    iovec piece{.iov_base = buffer.data(), .iov_len = buffer.size()};
    sockaddr_ll device{};
    msghdr message{};
    message.msg_name = &device;
    message.msg_namelen = sizeof device;
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(socket_, &message, MSG_DONTWAIT);
    if (size < 0) {
      return;
    }
    if (device.sll_hatype == ARPHRD_LOOPBACK && !accepts_loopback_) {
      continue;
    }
    KernelChecksum kernel = KernelChecksum::Silent;
    std::optional<WallTime> stamp;
    os::for_each_control(message, [&](const os::ControlMessage& part) {
      if (const auto time = part.as<timespec>(); time && part.is(SOL_SOCKET, SCM_TIMESTAMPNS)) {
        stamp = WallTime{os::to_duration(*time)};
      }
      if (const auto auxiliary = part.as<tpacket_auxdata>();
          auxiliary && part.is(SOL_PACKET, PACKET_AUXDATA)) {
        kernel = kernel_checksum(*auxiliary);
      }
    });
    const std::size_t known = into.size();
    const std::size_t kept = kept_.size();
    read(std::span{buffer}.first(static_cast<std::size_t>(size)), kernel, into);
    if (into.size() > known) {
      into.back().stamp = stamp;
    }
    if (kept_.size() > kept) {
      kept_.back().stamp = stamp;
    }
  }
}

void PacketReceiver::read(
    std::span<const std::uint8_t> bytes,
    KernelChecksum kernel,
    std::vector<StampedDatagram>& into) {
  auto datagram = wire::dissect(bytes);
  if (!datagram) {
    ++counters_.malformed;
    if (keep_ == Keep::Everything) {
      keep(bytes);
    }
    return;
  }
  translations_.undo(*datagram);
  if (!concerns_us(*datagram)) {
    return;
  }
  const auto* message = datagram->icmp();
  if (keep_ == Keep::Everything
      || (keep_ == Keep::Ours && (message == nullptr || is_named_by(*message)))) {
    keep(bytes);
  }
  wire::Checksum* const sum = verdict(*datagram);
  believe(kernel, *sum);
  if (*sum == wire::Checksum::Bad || !has_good_ip_checksum(datagram->ip, bytes)) {
    ++counters_.bad_checksum;
    return;
  }
  // The kernel takes a cut packet for broken, whatever its firewall says.
  const auto* icmp = datagram->icmp();
  if (icmp != nullptr && *sum == wire::Checksum::Good
      && datagram->ip.destination == audience_.source
      && is_counted(datagram->ip.family(), icmp->type)) {
    ++errors_heard_;
  }
  into.push_back({std::move(*datagram), std::nullopt});
}

bool PacketReceiver::concerns_us(const wire::Datagram& datagram) const {
  if (const auto* tcp = datagram.tcp()) {
    return concerns_us(datagram.ip, tcp->header);
  }
  if (const auto* icmp = datagram.icmp()) {
    return concerns_us(datagram.ip, *icmp);
  }
  return false;
}

bool PacketReceiver::concerns_us(const wire::IpHeader& ip, const wire::TcpHeader& tcp) const {
  if (!is_our_port(tcp.destination_port) || !is_target(ip.source)) {
    return false;
  }
  // A probe to ourselves from the very port it asks for comes in as well, and looks like an answer
  // (simultaneous open).
  const bool is_probe = tcp.flags.has(wire::TcpFlag::Syn) && !tcp.flags.has(wire::TcpFlag::Ack);
  return !(is_probe && ip.source == audience_.source && is_our_port(tcp.source_port));
}

bool PacketReceiver::concerns_us(const wire::IpHeader& ip, const wire::IcmpMessage& icmp) const {
  if (!is_error(ip.family(), icmp.type)) {
    return false;
  }
  if (ip.destination == audience_.source) {
    return true;
  }
  // Where this host translates its own packets, the answer is seen before it is translated back: to
  // another address, yet quoting our port and target.
  return is_named_by(icmp);
}

bool PacketReceiver::is_named_by(const wire::IcmpMessage& icmp) const {
  return icmp.quote && icmp.quote->tcp && is_our_port(icmp.quote->tcp->source_port)
         && is_target(icmp.quote->destination);
}

void PacketReceiver::keep(std::span<const std::uint8_t> bytes) {
  kept_.push_back({.bytes = {bytes.begin(), bytes.end()}, .stamp = std::nullopt});
}

bool PacketReceiver::is_our_port(Port port) const {
  return audience_.ports.empty() || std::ranges::binary_search(audience_.ports, port);
}

bool PacketReceiver::is_target(const IpAddress& address) const {
  return audience_.targets.empty() || std::ranges::binary_search(audience_.targets, address);
}

void PacketReceiver::count_drops() const {
  tpacket_stats fresh{};
  socklen_t size = sizeof fresh;
  if (::getsockopt(socket_, SOL_PACKET, PACKET_STATISTICS, &fresh, &size) == 0) {
    counters_.dropped_by_socket += fresh.tp_drops;
  }
}

model::Counters PacketReceiver::counters() const {
  count_drops();
  model::Counters result = counters_;
  if (admitted_ >= 0 && errors_settled_ > errors_admitted_) {
    result.dropped_by_firewall = errors_settled_ - errors_admitted_;
  }
  return result;
}

}  // namespace synroute::transport
