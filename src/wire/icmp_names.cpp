// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp_names.hpp"

#include <fmt/format.h>

#include <array>
#include <span>

namespace synroute::wire {
namespace {

/// The codes of one type, first is 0; `other` stands for every code behind the last.
struct Table {
  std::span<const UnreachableCode> codes;
  UnreachableCode other;

  [[nodiscard]] UnreachableCode at(std::uint8_t code) const {
    return code < codes.size() ? codes[code] : other;
  }
};

// RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.
constexpr std::array<UnreachableCode, 16> kUnreachableV4{{
    {"!N", "network unreachable", false},
    {"!H", "host unreachable", false},
    {"!P", "protocol unreachable", true},
    {"", "port unreachable", true},
    {"!F", "fragmentation needed", false},
    {"!S", "source route failed", false},
    {"!N", "network unknown", false},
    {"!H", "host unknown", false},
    {"!N", "source host isolated", false},
    {"!X", "network prohibited", true},
    {"!X", "host prohibited", true},
    {"!N", "network unreachable for this TOS", false},
    {"!H", "host unreachable for this TOS", false},
    {"!X", "admin prohibited", true},
    {"!V", "precedence violation", false},
    {"!C", "precedence cutoff", false},
}};

// RFC 792, RFC 1108, RFC 1122 §3.2.2.5.
constexpr std::array<UnreachableCode, 3> kParameterProblemV4{{
    {"", "header field refused", false},
    {"", "required option missing", false},
    {"", "bad header length", false},
}};

// RFC 4443 §3.1, RFC 6550 §20.18 (7), RFC 8883 §3 (8).
constexpr std::array<UnreachableCode, 9> kUnreachableV6{{
    {"!N", "no route", false},
    {"!X", "admin prohibited", true},
    {"!H", "beyond scope of source address", false},
    {"!H", "address unreachable", false},
    {"", "port unreachable", true},
    {"", "source address prohibited", true},
    {"", "route rejects", true},
    {"", "source routing failed", false},
    {"", "headers too long", false},
}};

// RFC 4443 §3.4, RFC 7112 §5 (3), RFC 8754 (4), RFC 8883 §2 (5–10).
constexpr std::array<UnreachableCode, 11> kParameterProblemV6{{
    {"", "header field refused", false},
    {"!P", "protocol unreachable", true},
    {"", "option refused", false},
    {"", "first fragment without all headers", false},
    {"", "upper-layer header refused", false},
    {"", "next header refused by a router", false},
    {"", "extension header too big", false},
    {"", "extension header chain too long", false},
    {"", "too many extension headers", false},
    {"", "too many options", false},
    {"", "option too big", false},
}};

constexpr Table kNothing{};

Table table(Family family, std::uint8_t type) {
  if (family == Family::V4) {
    switch (type) {
      case 3: return {kUnreachableV4, {"", "unreachable", false}};
      case 12: return {kParameterProblemV4, {"", "parameter problem", false}};
      default: return kNothing;
    }
  }
  switch (type) {
    case 1: return {kUnreachableV6, {"", "unreachable", false}};
    // Senders may put anything into the code (RFC 4443 §3.2).
    case 2: return {{}, {"!F", "packet too big", false}};
    case 4: return {kParameterProblemV6, {"", "parameter problem", false}};
    default: return kNothing;
  }
}

}  // namespace

UnreachableCode unreachable_code(Family family, std::uint8_t type, std::uint8_t code) {
  return table(family, type).at(code);
}

std::string unreachable_mark(Family family, std::uint8_t type, std::uint8_t code) {
  const std::string_view mark = unreachable_code(family, type, code).mark;
  return mark.empty() ? fmt::format("!<{}>", code) : std::string{mark};
}

}  // namespace synroute::wire
