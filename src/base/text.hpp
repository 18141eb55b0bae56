// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace synroute {

struct Character {
  char32_t code = 0;
  std::size_t length = 0;  ///< bytes; 0 when the bytes are not UTF-8
};

/// The first character of a text that is not empty, by the table of RFC 3629 §4 (no overlong forms,
/// no surrogates).
[[nodiscard]] Character decode_utf8(std::string_view text);

/// Text from the network made safe for a terminal (CWE-150): characters that control it, that it
/// does not show or that Unicode does not define, and bytes that are not UTF-8 become "\xHH" or
/// "\u{HHHH}". So do combining marks without a letter before them, and more than four on one:
/// they would change what stands beside, above or below. Longer than `limit` bytes the text is cut
/// at a character and ends in "...".
[[nodiscard]] std::string sanitise(std::string_view text, std::size_t limit = 255);

/// Columns a text takes in a terminal: a wide character takes two, a combining mark none.
[[nodiscard]] std::size_t width(std::string_view text);

/// The longest beginning of a text that takes no more than `columns`, with the combining marks of
/// its last character.
[[nodiscard]] std::string_view fitting(std::string_view text, std::size_t columns);

}  // namespace synroute
