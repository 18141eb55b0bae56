// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include <utf8proc.h>

namespace synroute {
namespace {

constexpr int kMarksMax = 4;

utf8proc_category_t category(char32_t code) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code));
}

bool is_mark(char32_t code) {
  const auto kind = category(code);
  return kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_MC
         || kind == UTF8PROC_CATEGORY_ME;
}

/// What a combining mark may follow.
bool takes_marks(char32_t code) {
  switch (category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_SO: return true;
    default: return is_mark(code);
  }
}

/// Controls, what is never shown, and what has no known width: formats (bidirectional controls,
/// soft hyphens, tags), unassigned and private characters, line and paragraph separators.
bool is_harmful(char32_t code) {
  switch (category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return true;
    default: return utf8proc_get_property(static_cast<utf8proc_int32_t>(code))->ignorable != 0;
  }
}

/// Columns of the first character of a text; bytes that are not UTF-8 take one each.
std::size_t columns_of(const Character& character) {
  if (character.length == 0) {
    return 1;
  }
  const int columns = utf8proc_charwidth(static_cast<utf8proc_int32_t>(character.code));
  return static_cast<std::size_t>(std::max(columns, 0));
}

}  // namespace

Character decode_utf8(std::string_view text) {
  const std::string start{text.substr(0, 4)};
  std::array<utf8proc_uint8_t, 4> bytes{};
  std::ranges::copy(start, bytes.begin());
  utf8proc_int32_t code = 0;
  const auto length =
      utf8proc_iterate(bytes.data(), static_cast<utf8proc_ssize_t>(start.size()), &code);
  return length > 0 ? Character{static_cast<char32_t>(code), static_cast<std::size_t>(length)}
                    : Character{};
}

std::string sanitise(std::string_view text, std::size_t limit) {
  std::string safe;
  int marks_left = 0;  // that may follow
  while (!text.empty()) {
    const Character first = decode_utf8(text);
    const bool valid = first.length > 0;
    const bool mark = valid && is_mark(first.code);
    const bool harmful = valid && (is_harmful(first.code) || (mark && marks_left == 0));
    std::string piece{text.substr(0, std::max<std::size_t>(first.length, 1))};
    if (!valid || (harmful && first.code < 0x80)) {
      piece = fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text.front()));
    } else if (harmful) {
      piece = fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(first.code));
    }
    if (safe.size() + piece.size() > limit) {
      return safe + "...";
    }
    if (!valid || harmful) {
      marks_left = 0;
    } else if (mark) {
      --marks_left;
    } else {
      marks_left = takes_marks(first.code) ? kMarksMax : 0;
    }
    safe += piece;
    text.remove_prefix(std::max<std::size_t>(first.length, 1));
  }
  return safe;
}

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character first = decode_utf8(text);
    columns += columns_of(first);
    text.remove_prefix(std::max<std::size_t>(first.length, 1));
  }
  return columns;
}

std::string_view fitting(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Character next = decode_utf8(text.substr(bytes));
    const std::size_t taken = columns_of(next);
    if (taken > columns) {
      break;
    }
    columns -= taken;
    bytes += std::max<std::size_t>(next.length, 1);
  }
  return text.substr(0, bytes);
}

}  // namespace synroute
