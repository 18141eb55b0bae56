// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/packet.hpp"

#include "wire/checksum.hpp"
#include "wire/ipv6_chain.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace synroute::sim {

namespace {

constexpr std::size_t kV4Minimum = 20;
constexpr std::size_t kV6Header = 40;

IpAddress address_at(std::span<const std::uint8_t> bytes, Family family) {
  if (family == Family::V4) {
    std::uint32_t bits = 0;
    for (const std::uint8_t byte : bytes.first<4>()) {
      bits = bits << 8 | byte;
    }
    return IpAddress::v4(bits);
  }
  std::array<std::uint8_t, 16> copy{};
  std::ranges::copy(bytes.first<16>(), copy.begin());
  return IpAddress::v6(copy);
}

/// How long a header must be to hold its checksum.
std::size_t checksum_end(const Packet& packet) {
  if (packet.is(wire::Protocol::Tcp)) {
    return 18;
  }
  return packet.is(wire::Protocol::Udp) ? 8 : 4;
}

}  // namespace

bool transport_checksum_good(const Packet& packet) {
  if (packet.is_fragment()) {
    return true;
  }
  const bool with_pseudo = packet.is(wire::Protocol::Tcp) || packet.is(wire::Protocol::Udp)
                           || packet.is(wire::Protocol::Icmp6);
  if (!with_pseudo && !packet.is(wire::Protocol::Icmp)) {
    return true;
  }
  const auto transport = packet.transport();
  if (transport.size() < checksum_end(packet)) {
    return false;  // a header too short to hold one
  }
  if (packet.is(wire::Protocol::Udp) && transport[6] == 0 && transport[7] == 0) {
    return packet.family() == Family::V4;  // RFC 768: none was computed; RFC 8200 §8.1: it must be
  }
  wire::InternetSum sum;
  if (with_pseudo) {
    sum = wire::pseudo_header(
        packet.source(), packet.destination(), packet.protocol(), transport.size());
  }
  return sum.add(transport).verdict() == wire::Checksum::Good;
}

std::optional<Packet> Packet::adopt(std::vector<std::uint8_t> bytes) {
  Packet packet{std::move(bytes)};
  if (!packet.read_header()) {
    return std::nullopt;
  }
  return packet;
}

bool Packet::read_header() {
  if (bytes_.empty()) {
    return false;
  }
  const int version = bytes_[0] >> 4;
  if (version == 6 && bytes_.size() >= kV6Header) {
    family_ = Family::V6;
    bytes_.resize(std::min(bytes_.size(), total_length()));
    read_v6_chain();
    return true;
  }
  if (version != 4 || bytes_.size() < kV4Minimum) {
    return false;
  }
  transport_ = static_cast<std::size_t>(bytes_[0] & 0x0f) * 4;
  const std::size_t total = total_length();
  if (transport_ < kV4Minimum || transport_ > bytes_.size() || total < transport_) {
    return false;
  }
  bytes_.resize(std::min(bytes_.size(), total));
  protocol_ = bytes_[9];
  more_fragments_ = (bytes_[6] & 0x20) != 0;
  fragment_offset_ = static_cast<std::size_t>(word(6) & 0x1fff) * 8;
  return true;
}

void Packet::read_v6_chain() {
  const wire::Ipv6Chain chain = wire::walk_ipv6_chain(bytes_[6], bytes().subspan(kV6Header));
  protocol_ = chain.protocol;
  transport_ = kV6Header + chain.size;
  if (chain.fragment) {
    fragment_offset_ = chain.fragment->offset;
    more_fragments_ = chain.fragment->more;
  }
}

std::uint16_t Packet::word(std::size_t at) const {
  return static_cast<std::uint16_t>(bytes_[at] << 8 | bytes_[at + 1]);
}

std::uint32_t Packet::long_word(std::size_t at) const {
  return static_cast<std::uint32_t>(word(at)) << 16 | word(at + 2);
}

void Packet::set_word(std::size_t at, std::uint16_t value) {
  const std::array<std::uint8_t, 2> bytes{
      static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value & 0xff)};
  rewrite(at, bytes);
}

void Packet::set_long_word(std::size_t at, std::uint32_t value) {
  const std::array<std::uint8_t, 4> bytes{
      static_cast<std::uint8_t>(value >> 24),
      static_cast<std::uint8_t>(value >> 16 & 0xff),
      static_cast<std::uint8_t>(value >> 8 & 0xff),
      static_cast<std::uint8_t>(value & 0xff)};
  rewrite(at, bytes);
}

IpAddress Packet::source() const {
  return family_ == Family::V4 ? address_at(bytes().subspan(12), family_)
                               : address_at(bytes().subspan(8), family_);
}

IpAddress Packet::destination() const {
  return family_ == Family::V4 ? address_at(bytes().subspan(16), family_)
                               : address_at(bytes().subspan(24), family_);
}

std::uint8_t Packet::ttl() const {
  return bytes_[family_ == Family::V4 ? 8 : 7];
}

std::uint8_t Packet::tos() const {
  return family_ == Family::V4 ? bytes_[1] : static_cast<std::uint8_t>(word(0) >> 4 & 0xff);
}

std::uint16_t Packet::id() const {
  return family_ == Family::V4 ? word(4) : std::uint16_t{0};
}

std::uint32_t Packet::flow_label() const {
  return family_ == Family::V6 ? long_word(0) & 0xfffffU : 0;
}

bool Packet::dont_fragment() const {
  return family_ == Family::V6 || (bytes_[6] & 0x40) != 0;
}

std::size_t Packet::total_length() const {
  return family_ == Family::V4 ? word(2) : std::size_t{word(4)} + kV6Header;
}

bool Packet::header_checksum_good() const {
  const std::size_t size = static_cast<std::size_t>(bytes_[0] & 0x0f) * 4;
  return family_ == Family::V6 || wire::checksum(bytes().first(size)) == 0;
}

void Packet::set_source(const IpAddress& address) {
  rewrite(family_ == Family::V4 ? 12 : 8, address.bytes());
}

void Packet::set_destination(const IpAddress& address) {
  rewrite(family_ == Family::V4 ? 16 : 24, address.bytes());
}

void Packet::set_ttl(std::uint8_t ttl) {
  rewrite(family_ == Family::V4 ? 8 : 7, std::span{&ttl, 1});
}

void Packet::set_tos(std::uint8_t tos) {
  if (family_ == Family::V4) {
    rewrite(1, std::span{&tos, 1});
    return;
  }
  set_word(0, static_cast<std::uint16_t>((word(0) & 0xf00f) | tos << 4));
}

void Packet::set_id(std::uint16_t id) {
  if (family_ == Family::V4) {
    set_word(4, id);
  }
}

bool Packet::has_ports() const {
  return (is(wire::Protocol::Tcp) || is(wire::Protocol::Udp)) && fragment_offset_ == 0
         && transport().size() >= 4;
}

bool Packet::has_tcp_start() const {
  return is(wire::Protocol::Tcp) && fragment_offset_ == 0 && transport().size() >= 8;
}

std::size_t Packet::tcp_header_size() const {
  return static_cast<std::size_t>(bytes_[transport_ + 12] >> 4) * 4;
}

bool Packet::has_tcp() const {
  return is(wire::Protocol::Tcp) && fragment_offset_ == 0
         && transport().size() >= wire::TcpHeader::kSize
         && tcp_header_size() >= wire::TcpHeader::kSize && tcp_header_size() <= transport().size();
}

wire::TcpFlags Packet::tcp_flags() const {
  return wire::TcpFlags{word(transport_ + 12)};
}

bool Packet::is_icmp_error() const {
  if (fragment_offset_ != 0 || transport().size() < 8) {
    return false;
  }
  const std::uint8_t type = bytes_[transport_];
  if (is(wire::Protocol::Icmp)) {
    return family_ == Family::V4
           && (type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
  }
  return family_ == Family::V6 && is(wire::Protocol::Icmp6) && type < 128;
}

bool Packet::is_echo_request() const {
  if (fragment_offset_ != 0 || transport().size() < 8) {
    return false;
  }
  return (is(wire::Protocol::Icmp) && bytes_[transport_] == 8)
         || (is(wire::Protocol::Icmp6) && bytes_[transport_] == 128);
}

std::optional<Packet> Packet::quote() const {
  if (!is_icmp_error()) {
    return std::nullopt;
  }
  const auto rest = bytes().subspan(quote_offset());
  auto inner = adopt({rest.begin(), rest.end()});
  if (inner && inner->family() != family_) {
    return std::nullopt;
  }
  return inner;
}

void Packet::set_quote(const Packet& quote) {
  rewrite(quote_offset(), quote.bytes());
}

std::optional<std::size_t> Packet::transport_checksum() const {
  if (fragment_offset_ != 0) {
    return std::nullopt;
  }
  std::size_t at = 0;
  if (is(wire::Protocol::Tcp)) {
    at = transport_ + 16;
  } else if (is(wire::Protocol::Udp)) {
    at = transport_ + 6;
  } else if (is(wire::Protocol::Icmp) || is(wire::Protocol::Icmp6)) {
    at = transport_ + 2;
  } else {
    return std::nullopt;
  }
  if (at + 2 > bytes_.size() || (is(wire::Protocol::Udp) && word(at) == 0)) {
    return std::nullopt;
  }
  return at;
}

void Packet::patch(
    std::size_t checksum_at, std::size_t at, std::span<const std::uint8_t> replacement) {
  wire::InternetSum sum;
  sum.add(static_cast<std::uint32_t>(static_cast<std::uint16_t>(~word(checksum_at))));
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const unsigned shift = (at + i) % 2 == 0 ? 8 : 0;
    sum.add(0xffffU - (static_cast<std::uint32_t>(bytes_[at + i]) << shift));
    sum.add(static_cast<std::uint32_t>(replacement[i]) << shift);
  }
  std::uint16_t fixed = sum.checksum();
  if (fixed == 0 && is(wire::Protocol::Udp) && checksum_at >= transport_) {
    fixed = 0xffff;  // RFC 768: 0 means that none was computed
  }
  bytes_[checksum_at] = static_cast<std::uint8_t>(fixed >> 8);
  bytes_[checksum_at + 1] = static_cast<std::uint8_t>(fixed & 0xff);
}

void Packet::rewrite(std::size_t at, std::span<const std::uint8_t> replacement) {
  assert(at + replacement.size() <= bytes_.size());
  const std::size_t addresses = family_ == Family::V4 ? 12 : 8;
  const std::size_t addresses_end = family_ == Family::V4 ? 20 : 40;
  const bool in_transport = at >= transport_;
  const bool in_addresses = at >= addresses && at < addresses_end;
  const bool covered = in_transport || (in_addresses && !is(wire::Protocol::Icmp));
  if (const auto checksum = transport_checksum(); checksum && covered && *checksum != at) {
    patch(*checksum, at, replacement);
  }
  if (family_ == Family::V4 && at < transport_ && at != 10) {
    patch(10, at, replacement);
  }
  std::ranges::copy(replacement, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace synroute::sim
