// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"
#include "base/time.hpp"
#include "wire/datagram.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace synroute::support {

/// What a forger sends who knows both addresses and the target port and sees none of our packets.
enum class Forgery : std::uint8_t {
  Syn,
  SynAckZero,
  SynAck,  ///< acknowledges a guess
  Rst,
  RstAckZero,
  RstAck,  ///< acknowledges a guess
  Ack,
  Prohibited,
  TimeExceeded,
};
inline constexpr std::array<std::pair<Forgery, std::string_view>, 9> kForgeries{
    {{Forgery::Syn, "SYN"},
     {Forgery::SynAckZero, "SYN|ACK 0"},
     {Forgery::SynAck, "SYN|ACK"},
     {Forgery::Rst, "RST"},
     {Forgery::RstAckZero, "RST|ACK 0"},
     {Forgery::RstAck, "RST|ACK"},
     {Forgery::Ack, "ACK"},
     {Forgery::Prohibited, "prohibited"},
     {Forgery::TimeExceeded, "time exceeded"}}};

/// Forged packets at such a rate that every port the system draws from gets its share, of which
/// only those to our ports are made.
struct BlindFlood {
  Forgery kind = Forgery::Rst;
  double rate = 0;  ///< packets per second over all ports
  IpAddress source;
  IpAddress target;
  std::vector<Port> ports;  ///< ours
  std::vector<Port> target_ports;
  Duration lasts = std::chrono::seconds{5};

  [[nodiscard]] std::multimap<Instant, wire::Datagram> packets(std::uint64_t seed) const {
    constexpr double kPortRange = 28'232;
    Random random{seed};
    std::multimap<Instant, wire::Datagram> result;
    for (const Port port : ports) {
      Instant at;
      for (;;) {
        const double gap = -std::log(1 - random.unit()) * kPortRange / rate;
        at = at + Duration{static_cast<Duration::rep>(gap * 1e9)};
        if (at - Instant{} >= lasts) {
          break;
        }
        result.emplace(at, forge(port, target_ports[random.below(target_ports.size())], random));
      }
    }
    return result;
  }

 private:
  [[nodiscard]] wire::Datagram forge(Port port, Port target_port, Random& random) const {
    wire::Datagram datagram;
    datagram.ip.destination = source;
    datagram.ip.ttl = Ttl{57};
    if (kind == Forgery::Prohibited || kind == Forgery::TimeExceeded) {
      const bool is_v4 = source.family() == Family::V4;
      datagram.ip.source =
          is_v4 ? IpAddress::v4(0xc6120042) : *IpAddress::parse("2001:db8:bad::42");
      datagram.body = error(port, target_port, random, is_v4);
      return datagram;
    }
    datagram.ip.source = target;
    wire::TcpSegment segment;
    segment.header.source_port = target_port;
    segment.header.destination_port = port;
    segment.header.sequence = static_cast<std::uint32_t>(random.next());
    segment.header.flags = flags();
    const bool guesses = kind == Forgery::SynAck || kind == Forgery::RstAck || kind == Forgery::Ack;
    segment.header.acknowledgement = guesses ? static_cast<std::uint32_t>(random.next()) : 0;
    datagram.body = segment;
    return datagram;
  }

  [[nodiscard]] wire::TcpFlags flags() const {
    using enum wire::TcpFlag;
    switch (kind) {
      case Forgery::Syn: return Syn;
      case Forgery::SynAckZero:
      case Forgery::SynAck: return Syn | wire::TcpFlags{Ack};
      case Forgery::Rst: return Rst;
      case Forgery::RstAckZero:
      case Forgery::RstAck: return Rst | wire::TcpFlags{Ack};
      default: return Ack;
    }
  }

  [[nodiscard]] wire::IcmpMessage error(
      Port port, Port target_port, Random& random, bool is_v4) const {
    const bool expired = kind == Forgery::TimeExceeded;
    wire::IcmpMessage message;
    message.type = static_cast<std::uint8_t>(is_v4 ? (expired ? 11 : 3) : (expired ? 3 : 1));
    message.code = static_cast<std::uint8_t>(expired ? 0 : (is_v4 ? 13 : 1));
    const bool zeroes = random.chance(0.5);
    message.quote = wire::Quote{
        .source = source,
        .destination = target,
        .protocol = 6,
        .ip =
            wire::QuotedIp{
                .ttl = Ttl{1},
                .id = zeroes ? std::uint16_t{0} : static_cast<std::uint16_t>(random.next())},
        .tcp = wire::QuotedTcp{
            .source_port = port,
            .destination_port = target_port,
            .sequence = static_cast<std::uint32_t>(random.next()),
            .header = std::nullopt}};
    return message;
  }
};

}  // namespace synroute::support
