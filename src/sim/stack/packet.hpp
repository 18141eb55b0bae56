// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "wire/icmp.hpp"
#include "wire/ip.hpp"
#include "wire/tcp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace synroute::sim {

/// A packet in the simulated network: its bytes exactly as on the wire, and the MPLS labels it
/// carries between two label switching routers. Boxes change it in place; every change updates the
/// checksums incrementally (RFC 1624), so that a wrong checksum stays wrong.
class Packet {
 public:
  Packet() = default;
  /// Nothing when the bytes are not IP or the fixed header is cut. Bytes after the total length are
  /// removed. A packet shorter than its total length is accepted: quotes are. Where an IPv6 chain
  /// is cut, the cut header counts as the transport header.
  [[nodiscard]] static std::optional<Packet> adopt(std::vector<std::uint8_t> bytes);

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }
  [[nodiscard]] std::vector<std::uint8_t> release() && { return std::move(bytes_); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] Family family() const { return family_; }

  [[nodiscard]] IpAddress source() const;
  [[nodiscard]] IpAddress destination() const;
  [[nodiscard]] std::uint8_t ttl() const;
  [[nodiscard]] std::uint8_t tos() const;
  [[nodiscard]] std::uint16_t id() const;          ///< IPv4; 0 for IPv6
  [[nodiscard]] std::uint32_t flow_label() const;  ///< IPv6; 0 for IPv4
  [[nodiscard]] bool dont_fragment() const;        ///< true for IPv6
  /// Bytes into the original payload; 0 for whole packets and first fragments.
  [[nodiscard]] std::size_t fragment_offset() const { return fragment_offset_; }
  [[nodiscard]] bool more_fragments() const { return more_fragments_; }
  [[nodiscard]] bool is_fragment() const { return more_fragments_ || fragment_offset_ != 0; }
  /// As stated in the header.
  [[nodiscard]] std::size_t total_length() const;
  [[nodiscard]] bool header_checksum_good() const;  ///< IPv4; true for IPv6

  void set_source(const IpAddress& address);
  void set_destination(const IpAddress& address);
  void set_ttl(std::uint8_t ttl);
  void set_tos(std::uint8_t tos);
  void set_id(std::uint16_t id);

  /// The last next header (IPv6) or the protocol.
  [[nodiscard]] std::uint8_t protocol() const { return protocol_; }
  [[nodiscard]] bool is(wire::Protocol protocol) const {
    return protocol_ == static_cast<std::uint8_t>(protocol);
  }
  /// Where the transport header begins; the IP header with IPv6 extension headers is before it.
  [[nodiscard]] std::size_t transport_offset() const { return transport_; }
  [[nodiscard]] std::span<const std::uint8_t> transport() const {
    return bytes().subspan(transport_);
  }
  /// TCP or UDP with its two ports present.
  [[nodiscard]] bool has_ports() const;
  [[nodiscard]] std::uint16_t source_port() const { return word(transport_); }
  [[nodiscard]] std::uint16_t destination_port() const { return word(transport_ + 2); }
  void set_source_port(std::uint16_t port) { set_word(transport_, port); }
  void set_destination_port(std::uint16_t port) { set_word(transport_ + 2, port); }

  /// TCP with at least the sequence number present (RFC 792 quotes that much).
  [[nodiscard]] bool has_tcp_start() const;
  /// TCP with a whole header, options included.
  [[nodiscard]] bool has_tcp() const;
  [[nodiscard]] wire::TcpFlags tcp_flags() const;
  [[nodiscard]] std::uint32_t tcp_sequence() const { return long_word(transport_ + 4); }
  [[nodiscard]] std::uint32_t tcp_acknowledgement() const { return long_word(transport_ + 8); }
  [[nodiscard]] std::size_t tcp_header_size() const;

  /// An ICMP error of this family with an IP header quoted in it.
  [[nodiscard]] bool is_icmp_error() const;
  [[nodiscard]] bool is_echo_request() const;
  /// Where the quoted packet of an ICMP error begins.
  [[nodiscard]] std::size_t quote_offset() const { return transport_ + 8; }
  /// The quoted packet; nothing when this is not an ICMP error or its quote is not IP.
  [[nodiscard]] std::optional<Packet> quote() const;
  /// Puts a changed quote back; its size must be what quote() had.
  void set_quote(const Packet& quote);

  [[nodiscard]] std::uint16_t word(std::size_t at) const;
  [[nodiscard]] std::uint32_t long_word(std::size_t at) const;
  void set_word(std::size_t at, std::uint16_t value);
  void set_long_word(std::size_t at, std::uint32_t value);
  /// Overwrites bytes anywhere in the packet and updates every checksum that covers them.
  void rewrite(std::size_t at, std::span<const std::uint8_t> replacement);
  /// Flips bits without updating checksums, as a faulty link does.
  void corrupt(std::size_t at, std::uint8_t mask) { bytes_[at] ^= mask; }

  std::vector<wire::MplsLabel> labels;  ///< top of the stack first; empty outside a tunnel

 private:
  explicit Packet(std::vector<std::uint8_t> bytes) : bytes_{std::move(bytes)} {}
  bool read_header();
  void read_v6_chain();
  [[nodiscard]] std::optional<std::size_t> transport_checksum() const;
  void patch(std::size_t checksum_at, std::size_t at, std::span<const std::uint8_t> replacement);

  std::vector<std::uint8_t> bytes_;
  std::size_t transport_ = 0;
  std::size_t fragment_offset_ = 0;
  std::uint8_t protocol_ = 0;
  bool more_fragments_ = false;
  Family family_ = Family::V4;
};

/// Whether a whole packet's TCP, UDP or ICMP checksum is right; other protocols always are.
[[nodiscard]] bool transport_checksum_good(const Packet& packet);

}  // namespace synroute::sim
