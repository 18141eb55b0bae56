// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace synroute::wire {

/// What one code of destination unreachable says, in the three ways people read it.
struct UnreachableCode {
  std::string_view mark;  ///< traceroute's: "!H", "!X"; empty when it is "!<code>"
  std::string_view name;  ///< "host unreachable", "admin prohibited"
  bool prohibited =
      false;  ///< a decision of somebody (rejected) rather than a failure (unreachable)
};

/// Rows for IPv4 3/0…15 and IPv6 1/0…8, 2, 4; an unknown code has an empty mark and name "code
/// N"-less.
[[nodiscard]] UnreachableCode unreachable_code(Family family, std::uint8_t type, std::uint8_t code);
/// traceroute's mark, "!<code>" where it has none of its own.
[[nodiscard]] std::string unreachable_mark(Family family, std::uint8_t type, std::uint8_t code);

}  // namespace synroute::wire
