// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace synroute {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t length = 0;  ///< bytes; 0 when the bytes are not UTF-8
};

/// Bytes of the character that begins with `first`; 0 when none does. 0xc0 and 0xc1 would be
/// overlong, 0xf5 and above lie beyond U+10FFFF.
std::size_t length_announced(std::uint8_t first) {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xc2 || first > 0xf4) {
    return 0;
  }
  if (first < 0xe0) {
    return 2;
  }
  return first < 0xf0 ? 3 : 4;
}

/// The first character of `text`, by the table of RFC 3629 §4 (no overlong forms, no surrogates).
Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (byte(0) < 0x80) {
    return {byte(0), 1};
  }
  const std::size_t length = length_announced(byte(0));
  if (length == 0 || text.size() < length) {
    return {};
  }
  char32_t code = byte(0) & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) {
      return {};
    }
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kSmallest[length] || code > 0x10ffff || surrogate) {
    return {};
  }
  return {code, length};
}

bool is_harmful(char32_t code) {
  const auto within = [code](char32_t first, char32_t last) {
    return code >= first && code <= last;
  };
  return code < 0x20 || within(0x7f, 0x9f) || code == 0x61c || within(0x200b, 0x200f)
         || within(0x2028, 0x202e) || within(0x2060, 0x206f) || code == 0xfeff;
}

}  // namespace

std::string sanitise(std::string_view text, std::size_t limit) {
  std::string safe;
  while (!text.empty()) {
    const Character first = decode(text);
    std::string piece{text.substr(0, std::max<std::size_t>(first.length, 1))};
    if (first.length == 0 || (is_harmful(first.code) && first.code < 0x80)) {
      piece = fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text.front()));
    } else if (is_harmful(first.code)) {
      piece = fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(first.code));
    }
    if (safe.size() + piece.size() > limit) {
      return safe + "...";
    }
    safe += piece;
    text.remove_prefix(std::max<std::size_t>(first.length, 1));
  }
  return safe;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<std::uint8_t>(byte) & 0xc0) != 0x80; }));
}

}  // namespace synroute
