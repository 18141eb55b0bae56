// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace synroute {

enum class Family : std::uint8_t { V4, V6 };

/// An IPv4 or IPv6 address. A link-local IPv6 address may carry its zone (interface index).
/// The zone takes no part in comparison: on the wire it does not exist.
class IpAddress {
 public:
  /// 0.0.0.0
  constexpr IpAddress() = default;
  [[nodiscard]] static constexpr IpAddress v4(std::uint32_t bits) {
    IpAddress result;
    for (std::size_t i = 0; i < 4; ++i) {
      result.bytes_[i] = static_cast<std::uint8_t>(bits >> (24 - 8 * i));
    }
    return result;
  }
  [[nodiscard]] static constexpr IpAddress v6(
      const std::array<std::uint8_t, 16>& bytes, std::uint32_t zone = 0) {
    IpAddress result;
    result.family_ = Family::V6;
    result.bytes_ = bytes;
    result.zone_ = zone;
    return result;
  }
  /// Dotted quad (four decimal parts) or RFC 4291 text; a zone only as a number ("fe80::1%3").
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] constexpr Family family() const { return family_; }
  /// Network order: 4 or 16 bytes.
  [[nodiscard]] constexpr std::span<const std::uint8_t> bytes() const {
    return std::span{bytes_}.first(family_ == Family::V4 ? 4 : 16);
  }
  /// Host order; IPv4 only.
  [[nodiscard]] std::uint32_t v4_bits() const;
  [[nodiscard]] constexpr std::uint32_t zone() const { return zone_; }
  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_multicast() const;
  [[nodiscard]] bool is_link_local() const;
  /// RFC 1918 only (10/8, 172.16/12, 192.168/16).
  [[nodiscard]] bool is_rfc1918() const;
  /// Dotted quad or RFC 5952 text, without the zone.
  [[nodiscard]] std::string to_string() const;

  friend constexpr bool operator==(const IpAddress& left, const IpAddress& right) {
    return left.family_ == right.family_ && left.bytes_ == right.bytes_;
  }
  friend constexpr std::strong_ordering operator<=>(const IpAddress& left, const IpAddress& right) {
    if (const auto order = left.family_ <=> right.family_; std::is_neq(order)) {
      return order;
    }
    return left.bytes_ <=> right.bytes_;
  }

 private:
  Family family_ = Family::V4;
  std::array<std::uint8_t, 16> bytes_{};
  std::uint32_t zone_ = 0;
};

/// A range of addresses: the first `length` bits are fixed.
struct Prefix {
  IpAddress address;
  std::uint8_t length = 0;

  [[nodiscard]] bool contains(const IpAddress& candidate) const;
  /// "192.0.2.0/24"; a bare address is a /32 or /128.
  [[nodiscard]] static std::optional<Prefix> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Prefix&, const Prefix&) = default;
};

}  // namespace synroute

template <>
struct std::hash<synroute::IpAddress> {
  std::size_t operator()(const synroute::IpAddress& address) const noexcept {
    std::size_t sum = 14695981039346656037ULL;  // FNV-1a, 64 bits
    for (const std::uint8_t byte : address.bytes()) {
      sum = (sum ^ byte) * 1099511628211ULL;
    }
    return sum;
  }
};
