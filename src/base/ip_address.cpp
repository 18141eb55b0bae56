// SPDX-License-Identifier: Apache-2.0
#include "base/ip_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace synroute {
namespace {

template <class Number>
std::optional<Number> number(std::string_view text, int base) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(separator, at);
    parts.push_back(text.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) {
      return parts;
    }
    at = end + 1;
  }
}

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) {
    return std::nullopt;
  }
  std::uint32_t bits = 0;
  for (const std::string_view part : parts) {
    const auto value = number<std::uint8_t>(part, 10);
    // A leading zero means octal to some parsers and decimal to others: refuse it.
    if (!value || (part.size() > 1 && part.front() == '0')) {
      return std::nullopt;
    }
    bits = bits << 8 | *value;
  }
  return bits;
}

/// The 16-bit groups on one side of "::"; the last of an address may be a dotted quad.
std::optional<std::vector<std::uint16_t>> parse_groups(std::string_view text, bool is_last) {
  std::vector<std::uint16_t> groups;
  if (text.empty()) {
    return groups;
  }
  const auto parts = split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (is_last && i + 1 == parts.size() && parts[i].find('.') != std::string_view::npos) {
      const auto quad = parse_v4(parts[i]);
      if (!quad) {
        return std::nullopt;
      }
      groups.push_back(static_cast<std::uint16_t>(*quad >> 16));
      groups.push_back(static_cast<std::uint16_t>(*quad));
      continue;
    }
    const auto value = number<std::uint16_t>(parts[i], 16);
    if (!value || parts[i].size() > 4) {
      return std::nullopt;
    }
    groups.push_back(*value);
  }
  return groups;
}

std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text) {
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  const auto head = parse_groups(has_gap ? text.substr(0, gap) : text, !has_gap);
  const auto tail = parse_groups(has_gap ? text.substr(gap + 2) : std::string_view{}, true);
  if (!head || !tail) {
    return std::nullopt;
  }
  const std::size_t count = head->size() + tail->size();
  if (has_gap ? count > 7 : count != 8) {
    return std::nullopt;
  }
  std::array<std::uint16_t, 8> groups{};
  std::copy(head->begin(), head->end(), groups.begin());
  std::copy_backward(tail->begin(), tail->end(), groups.end());
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    bytes[(2 * i) + 1] = static_cast<std::uint8_t>(groups[i]);
  }
  return bytes;
}

/// The longest run of at least two zero groups (RFC 5952 §4.2): first index and length.
std::pair<std::size_t, std::size_t> longest_zero_run(const std::array<std::uint16_t, 8>& groups) {
  std::pair<std::size_t, std::size_t> best{8, 1};
  for (std::size_t i = 0; i < 8;) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) {
      ++end;
    }
    if (end - i > best.second) {
      best = {i, end - i};
    }
    i = std::max(end, i + 1);
  }
  return best;
}

std::string format_v4(std::span<const std::uint8_t> bytes) {
  return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/// ::ffff:0:0/96, whose last 32 bits are an IPv4 address (RFC 4291 §2.5.5.2).
bool is_v4_mapped(std::span<const std::uint8_t> bytes) {
  const auto zeros = bytes.first(10);
  return std::ranges::all_of(zeros, [](std::uint8_t byte) { return byte == 0; })
         && bytes[10] == 0xff && bytes[11] == 0xff;
}

std::string format_v6(std::span<const std::uint8_t> bytes) {
  if (is_v4_mapped(bytes)) {
    return "::ffff:" + format_v4(bytes.last(4));  // RFC 5952 §5
  }
  std::array<std::uint16_t, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8 | bytes[(2 * i) + 1]);
  }
  const auto [gap, gap_length] = longest_zero_run(groups);
  std::string text;
  for (std::size_t i = 0; i < 8;) {
    if (i == gap) {
      text += "::";
      i += gap_length;
      continue;
    }
    if (!text.empty() && text.back() != ':') {
      text += ':';
    }
    text += fmt::format("{:x}", groups[i]);
    ++i;
  }
  return text;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.find(':') == std::string_view::npos) {
    const auto bits = parse_v4(text);
    return bits ? std::optional{v4(*bits)} : std::nullopt;
  }
  std::uint32_t zone = 0;
  if (const std::size_t percent = text.find('%'); percent != std::string_view::npos) {
    const auto value = number<std::uint32_t>(text.substr(percent + 1), 10);
    if (!value) {
      return std::nullopt;
    }
    zone = *value;
    text = text.substr(0, percent);
  }
  const auto bytes = parse_v6(text);
  return bytes ? std::optional{v6(*bytes, zone)} : std::nullopt;
}

std::uint32_t IpAddress::v4_bits() const {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    bits = bits << 8 | bytes_[i];
  }
  return bits;
}

bool IpAddress::is_unspecified() const {
  return std::ranges::all_of(bytes(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_loopback() const {
  return family_ == Family::V4 ? bytes_[0] == 127 : *this == *parse("::1");
}

bool IpAddress::is_multicast() const {
  return family_ == Family::V4 ? (bytes_[0] & 0xf0) == 0xe0 : bytes_[0] == 0xff;
}

bool IpAddress::is_link_local() const {
  return family_ == Family::V4 ? bytes_[0] == 169 && bytes_[1] == 254
                               : bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

bool IpAddress::is_rfc1918() const {
  if (family_ != Family::V4) {
    return false;
  }
  return bytes_[0] == 10 || (bytes_[0] == 172 && (bytes_[1] & 0xf0) == 16)
         || (bytes_[0] == 192 && bytes_[1] == 168);
}

std::string IpAddress::to_string() const {
  return family_ == Family::V4 ? format_v4(bytes()) : format_v6(bytes());
}

bool Prefix::contains(const IpAddress& candidate) const {
  if (candidate.family() != address.family()) {
    return false;
  }
  for (std::size_t bit = 0; bit < length; bit += 8) {
    const int kept = std::min<int>(8, length - static_cast<int>(bit));
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - kept));
    if (((candidate.bytes()[bit / 8] ^ address.bytes()[bit / 8]) & mask) != 0) {
      return false;
    }
  }
  return true;
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  const std::uint8_t whole = address->family() == Family::V4 ? 32 : 128;
  if (slash == std::string_view::npos) {
    return Prefix{*address, whole};
  }
  const auto length = number<std::uint8_t>(text.substr(slash + 1), 10);
  if (!length || *length > whole) {
    return std::nullopt;
  }
  return Prefix{*address, *length};
}

std::string Prefix::to_string() const {
  return fmt::format("{}/{}", address.to_string(), length);
}

}  // namespace synroute
