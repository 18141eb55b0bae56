// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace synroute {

/// Text from the network made safe for a terminal (CWE-150): control characters (C0, DEL, C1), line
/// and paragraph separators, bidirectional controls and bytes that are not UTF-8 become "\xHH" or
/// "\u{HHHH}"; longer than `limit` bytes it is cut at a character and ends in "...".
[[nodiscard]] std::string sanitise(std::string_view text, std::size_t limit = 255);

/// Columns a text takes in a terminal; counts UTF-8 characters, not bytes.
[[nodiscard]] std::size_t width(std::string_view text);

}  // namespace synroute
