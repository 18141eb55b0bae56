// SPDX-License-Identifier: Apache-2.0
#include "cli/tcptraceroute/classic_address.hpp"

#include "cli/value.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

namespace synroute::cli {
namespace {

std::optional<std::uint32_t> read_part(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
  }
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional{value} : std::nullopt;
}

}  // namespace

std::optional<IpAddress> read_classic_address(std::string_view text) {
  constexpr std::size_t kParts = 4;
  constexpr std::uint32_t kNoAddress = 0xffffffff;
  const std::vector<std::string_view> parts = split(text, '.');
  if (parts.size() > kParts) {
    return std::nullopt;
  }
  std::uint32_t address = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto value = read_part(parts[i]);
    const bool is_last = i + 1 == parts.size();
    const std::uint32_t most = is_last ? 0xffffffffU >> (8 * i) : 0xffU;
    if (!value || *value > most) {
      return std::nullopt;
    }
    address |= is_last ? *value : *value << (24 - 8 * i);
  }
  return address == kNoAddress ? std::nullopt : std::optional{IpAddress::v4(address)};
}

}  // namespace synroute::cli
