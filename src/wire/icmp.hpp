// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "wire/checksum.hpp"
#include "wire/ip.hpp"
#include "wire/tcp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace synroute::wire {

/// One entry of an MPLS label stack (RFC 3032 §2.1, carried by RFC 4950).
struct MplsLabel {
  std::uint32_t label = 0;         ///< 20 bits
  std::uint8_t traffic_class = 0;  ///< 3 bits
  bool bottom = false;
  std::uint8_t ttl = 0;
  friend bool operator==(const MplsLabel&, const MplsLabel&) = default;
};

/// Interface Information Object of RFC 5837 §4.
struct InterfaceInfo {
  enum class Role : std::uint8_t { IncomingIp, SubIp, OutgoingIp, NextHop };
  Role role = Role::IncomingIp;
  std::optional<std::uint32_t> index;
  std::optional<IpAddress> address;
  std::optional<std::string> name;  ///< bytes from the network: sanitise before showing
  std::optional<std::uint32_t> mtu;
  friend bool operator==(const InterfaceInfo&, const InterfaceInfo&) = default;
};

/// An object of an unknown class, kept as it came.
struct UnknownObject {
  std::uint8_t class_number = 0;
  std::uint8_t class_type = 0;
  std::vector<std::uint8_t> payload;
  friend bool operator==(const UnknownObject&, const UnknownObject&) = default;
};

/// What an RFC 4884 extension structure held.
struct Extensions {
  std::vector<MplsLabel> mpls;  ///< top of the stack first
  std::vector<InterfaceInfo> interfaces;
  std::vector<UnknownObject> unknown;
  friend bool operator==(const Extensions&, const Extensions&) = default;
};

/// The IP header inside an ICMP error: the probe as it arrived there.
struct QuotedIp {
  Ttl ttl;
  std::uint8_t tos = 0;
  std::uint16_t id = 0;
  std::uint32_t flow_label = 0;
  bool dont_fragment = false;
  std::size_t total_length = 0;
  Checksum checksum = Checksum::Unknown;  ///< IPv4 header checksum over the quoted header
  friend bool operator==(const QuotedIp&, const QuotedIp&) = default;
};

/// The first bytes of the TCP segment inside an ICMP error. RFC 792 promises the first eight.
struct QuotedTcp {
  Port source_port;
  Port destination_port;
  std::uint32_t sequence = 0;
  /// The whole header when at least 20 bytes were quoted; its options as far as quoted.
  std::optional<TcpHeader> header;
  Checksum checksum = Checksum::Unknown;  ///< known only when the whole segment was quoted
  friend bool operator==(const QuotedTcp&, const QuotedTcp&) = default;
};

/// What an ICMP error quotes of the packet that caused it. Parts that the source of the packet
/// could not know (a kernel that hides the IP header, a short quote) are absent.
struct Quote {
  IpAddress source;
  IpAddress destination;
  std::uint8_t protocol = 0;
  std::optional<QuotedIp> ip;
  std::optional<QuotedTcp> tcp;     ///< absent for other protocols and below 8 bytes
  std::size_t transport_bytes = 0;  ///< bytes quoted behind the IP header
  friend bool operator==(const Quote&, const Quote&) = default;
};

/// What an ICMP message means to a path tracer, for both families.
enum class IcmpKind : std::uint8_t {
  TimeExceeded,      ///< IPv4 11/*, IPv6 3/*
  Unreachable,       ///< IPv4 3/*, IPv6 1/*
  PacketTooBig,      ///< IPv6 2 (IPv4 has 3/4, which is Unreachable)
  ParameterProblem,  ///< IPv4 12, IPv6 4
  SourceQuench,      ///< IPv4 4
  Redirect,          ///< IPv4 5
  EchoRequest,
  EchoReply,
  Other,
};

struct IcmpMessage {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  Checksum checksum = Checksum::Unknown;
  std::uint32_t rest = 0;  ///< header bytes 4–7, host order: next-hop MTU, RFC 4884 length, echo id
  std::optional<Quote> quote;
  Extensions extensions;
  std::vector<std::uint8_t>
      payload;  ///< bytes 8… as they came; when writing, what follows the header
  friend bool operator==(const IcmpMessage&, const IcmpMessage&) = default;
};

[[nodiscard]] IcmpKind kind(Family family, std::uint8_t type);
/// The next-hop MTU of 3/4 (RFC 1191) or type 2 (RFC 8201); absent in other messages and when zero.
[[nodiscard]] std::optional<std::uint32_t> next_hop_mtu(Family family, const IcmpMessage& message);

}  // namespace synroute::wire
