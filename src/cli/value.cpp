// SPDX-License-Identifier: Apache-2.0
#include "cli/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

namespace synroute::cli {
namespace {

struct NamedByte {
  std::string_view name;
  std::uint8_t value;
};

/// IANA registry "Differentiated Services Field Codepoints".
constexpr auto kDscpNames = std::to_array<NamedByte>({
    {"cs0", 0},   {"cs1", 8},   {"cs2", 16},  {"cs3", 24},  {"cs4", 32},         {"cs5", 40},
    {"cs6", 48},  {"cs7", 56},  {"af11", 10}, {"af12", 12}, {"af13", 14},        {"af21", 18},
    {"af22", 20}, {"af23", 22}, {"af31", 26}, {"af32", 28}, {"af33", 30},        {"af41", 34},
    {"af42", 36}, {"af43", 38}, {"ef", 46},   {"le", 1},    {"voice-admit", 44},
});

constexpr auto kEcnNames =
    std::to_array<NamedByte>({{"not-ect", 0}, {"ect1", 1}, {"ect0", 2}, {"ce", 3}});

std::optional<std::uint8_t> by_name(std::span<const NamedByte> table, std::string_view text) {
  const std::string wanted = lower(text);
  const auto row = std::ranges::find(table, std::string_view{wanted}, &NamedByte::name);
  return row != table.end() ? std::optional{row->value} : std::nullopt;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  text.remove_prefix(hexadecimal ? 2 : 0);
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional{value} : std::nullopt;
}

constexpr double kSecondsMax = 86'400;

}  // namespace

Read<std::uint64_t> read_number(std::string_view text, Range range) {
  const auto value = whole_number(text);
  if (!value || *value < range.first || *value > range.last) {
    return std::unexpected{
        fmt::format("'{}' is not a whole number from {} to {}", text, range.first, range.last)};
  }
  return *value;
}

Read<double> read_decimal(std::string_view text) {
  double value = 0;
  const bool plain = text.find_first_not_of("0123456789.") == std::string_view::npos;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (!plain || error != std::errc{} || end != text.data() + text.size()) {
    return std::unexpected{fmt::format("'{}' is not a decimal number", text)};
  }
  return value;
}

Read<Duration> read_seconds(std::string_view text) {
  const auto seconds = read_decimal(text);
  if (!seconds || *seconds > kSecondsMax) {
    return std::unexpected{
        fmt::format("'{}' is not a number of seconds from 0 to {}", text, kSecondsMax)};
  }
  return Duration{std::llround(*seconds * 1e9)};
}

Read<std::uint8_t> read_dscp(std::string_view text) {
  if (const auto value = by_name(kDscpNames, text)) {
    return *value;
  }
  const auto number = whole_number(text);
  if (!number || *number > 63) {
    return std::unexpected{fmt::format(
        "must be 0 to 63, cs0 to cs7, af11 to af43, ef, le or voice-admit, not '{}'", text)};
  }
  return static_cast<std::uint8_t>(*number);
}

Read<std::uint8_t> read_ecn(std::string_view text) {
  if (const auto value = by_name(kEcnNames, text)) {
    return *value;
  }
  const auto number = whole_number(text);
  if (!number || *number > 3) {
    return std::unexpected{
        fmt::format("must be 0 to 3, not-ect, ect1, ect0 or ce, not '{}'", text)};
  }
  return static_cast<std::uint8_t>(*number);
}

Read<wire::TcpFlags> read_flags(std::string_view text) {
  constexpr std::uint16_t kAll = 0x1ff;
  if (const auto bits = whole_number(text); bits && *bits <= kAll) {
    return wire::TcpFlags{static_cast<std::uint16_t>(*bits)};
  }
  wire::TcpFlags flags;
  if (lower(text) == "none") {
    return flags;
  }
  for (const std::string_view part : split(text, ',')) {
    const std::string wanted = lower(part);
    std::uint16_t bit = 1;
    while (bit <= kAll && wire::names(wire::TcpFlags{bit}).front() != wanted) {
      bit = static_cast<std::uint16_t>(bit << 1);
    }
    if (bit > kAll) {
      return std::unexpected{fmt::format(
          "'{}' is not a TCP flag (fin, syn, rst, psh, ack, urg, ece, cwr, ae; or none)", part)};
    }
    flags = flags | wire::TcpFlags{bit};
  }
  return flags;
}

bool is_all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t end = 0;
  while ((end = text.find(separator)) != std::string_view::npos) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& letter : result) {
    if (letter >= 'A' && letter <= 'Z') {
      letter = static_cast<char>(letter - 'A' + 'a');
    }
  }
  return result;
}

}  // namespace synroute::cli
