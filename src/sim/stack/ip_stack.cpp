// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/ip_stack.hpp"

#include "base/random.hpp"
#include "sim/stack/tcp_writer.hpp"
#include "wire/datagram.hpp"

#include <cassert>
#include <utility>

namespace synroute::sim {

namespace {

wire::Datagram answer_to(const Packet& packet, std::uint8_t ttl, std::uint16_t id) {
  wire::Datagram datagram;
  datagram.ip.source = packet.destination();
  datagram.ip.destination = packet.source();
  datagram.ip.ttl = Ttl{ttl};
  datagram.ip.id = id;
  datagram.ip.protocol = packet.protocol();
  return datagram;
}

Packet packed(const wire::Datagram& datagram) {
  auto packet = Packet::adopt(wire::bytes(datagram));
  assert(packet);
  return std::move(*packet);
}

}  // namespace

Packet forged_reset(const Packet& about, std::uint8_t ttl) {
  const wire::TcpFlags flags = about.tcp_flags();
  const std::size_t payload = about.transport().size() - about.tcp_header_size();
  wire::TcpHeader header;
  header.source_port = Port{about.destination_port()};
  header.destination_port = Port{about.source_port()};
  if (flags.has(wire::TcpFlag::Ack)) {
    header.flags = wire::TcpFlag::Rst;
    header.sequence = about.tcp_acknowledgement();
  } else {
    header.flags = wire::TcpFlag::Rst | wire::TcpFlag::Ack;
    header.acknowledgement = about.tcp_sequence() + static_cast<std::uint32_t>(payload)
                             + (flags.has(wire::TcpFlag::Syn) ? 1U : 0U)
                             + (flags.has(wire::TcpFlag::Fin) ? 1U : 0U);
  }
  return tcp_packet(about.destination(), about.source(), ttl, 0, header);
}

IpStack::IpStack(const HostSettings& settings, std::uint64_t seed)
    : settings_{settings},
      tcp_{settings, seed},
      limiter_{settings.limit},
      next_id_{static_cast<std::uint16_t>(mix(seed) & 0xffff)} {}

void IpStack::handle(const Packet& packet, Instant now, std::vector<Packet>& answers) {
  if (!packet.is_fragment()) {
    handle_whole(packet, now, answers);
  } else if (packet.family() == Family::V4) {
    if (const auto whole = reassembly_.add(packet, now)) {
      handle_whole(*whole, now, answers);
    }
  }
}

void IpStack::handle_whole(const Packet& packet, Instant now, std::vector<Packet>& answers) {
  if (!transport_checksum_good(packet)) {
    return;
  }
  if (packet.has_tcp()) {
    handle_tcp(packet, now, answers);
  } else if (packet.is(wire::Protocol::Udp) && packet.transport().size() >= 8) {
    handle_udp(packet, now, answers);
  } else if (packet.is_echo_request() && settings_.answers_echo) {
    answers.push_back(echo_reply(packet));
  }
}

void IpStack::handle_tcp(const Packet& packet, Instant now, std::vector<Packet>& answers) {
  const std::uint16_t port = packet.destination_port();
  for (const HostSettings::Rejected& rejected : settings_.rejected) {
    if (rejected.ports.contains(port)) {
      refuse(packet, rejected.kind, now, answers);
      return;
    }
  }
  const bool named = settings_.open.contains(port) || settings_.closed.contains(port);
  if (!named && settings_.filtered.contains(port)) {
    return;
  }
  tcp_.handle(packet, now, answers);
}

void IpStack::handle_udp(const Packet& packet, Instant now, std::vector<Packet>& answers) {
  const std::uint16_t port = packet.destination_port();
  if (!settings_.udp_open.contains(port)) {
    refuse(packet, Reject::Port, now, answers);
    return;
  }
  wire::Datagram datagram = answer_to(packet, settings_.initial_ttl, next_id_++);
  const auto payload = packet.transport().subspan(8);
  datagram.body = wire::UdpDatagram{
      .source_port = Port{port},
      .destination_port = Port{packet.source_port()},
      .payload = {payload.begin(), payload.end()}};
  answers.push_back(packed(datagram));
}

void IpStack::refuse(const Packet& packet, Reject kind, Instant now, std::vector<Packet>& answers) {
  if (kind == Reject::TcpReset) {
    if (packet.has_tcp() && !packet.tcp_flags().has(wire::TcpFlag::Rst)) {
      answers.push_back(forged_reset(packet, settings_.initial_ttl));
    }
    return;
  }
  if (!may_report(packet) || !limiter_.allow(now, packet.source(), false)) {
    return;
  }
  const ErrorMeaning meaning = rejection(kind, packet.family());
  answers.push_back(
      icmp_error(packet, packet.destination(), meaning, settings_.error, {}, next_id_++));
}

Packet IpStack::echo_reply(const Packet& request) {
  wire::Datagram datagram = answer_to(request, settings_.initial_ttl, next_id_++);
  datagram.ip.tos = request.tos();
  const auto payload = request.transport().subspan(8);
  datagram.body = wire::IcmpMessage{
      .type = static_cast<std::uint8_t>(request.family() == Family::V4 ? 0 : 129),
      .rest = request.long_word(request.transport_offset() + 4),
      .payload = {payload.begin(), payload.end()}};
  return packed(datagram);
}

}  // namespace synroute::sim
