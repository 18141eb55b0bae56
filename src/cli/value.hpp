// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "base/time.hpp"
#include "wire/tcp.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::cli {

/// A value read from the command line, or the error: a clause for the user, without the option's
/// name and without a full stop.
template <class Value>
using Read = std::expected<Value, std::string>;

/// The range a number must lie in, both ends included.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// Decimal digits, or hexadecimal ones after 0x; no sign, no blanks.
[[nodiscard]] Read<std::uint64_t> read_number(std::string_view text, Range range);
/// read_number() for ranges that a smaller type holds.
template <class Narrow>
[[nodiscard]] Read<Narrow> read_as(std::string_view text, Range range) {
  const auto number = read_number(text, range);
  if (!number) {
    return std::unexpected{number.error()};
  }
  return static_cast<Narrow>(*number);
}

/// A decimal number, at least 0, with a point in every locale.
[[nodiscard]] Read<double> read_decimal(std::string_view text);
/// Decimal seconds, at most a day.
[[nodiscard]] Read<Duration> read_seconds(std::string_view text);

/// A DSCP (RFC 2474, 2597, 3246, 5865, 8622) as a number from 0 to 63 or by name ("ef", "af41",
/// "cs5").
[[nodiscard]] Read<std::uint8_t> read_dscp(std::string_view text);
/// The ECN field of the IP header, RFC 3168 §5: 0 to 3 or by name ("ect0").
[[nodiscard]] Read<std::uint8_t> read_ecn(std::string_view text);
/// Names of TCP flags separated by commas ("syn,ack"), "none", or their bits as a number.
[[nodiscard]] Read<wire::TcpFlags> read_flags(std::string_view text);

[[nodiscard]] bool is_all_digits(std::string_view text);
/// The parts between separators; an empty text has one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// ASCII letters in lower case; everything else unchanged.
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace synroute::cli
