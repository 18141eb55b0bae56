// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::present {

/// Text that is continued on further lines where a terminal ends. Nothing is cut off: a terminal
/// that wraps lines itself would break words, and leave unknown how many lines there are.
class RowText {
 public:
  /// `columns` of the terminal, 0: unlimited. Further lines begin at column `indent`.
  RowText(std::size_t columns, std::size_t indent)
      : limit_{columns == 0 ? std::string::npos : columns - 1}, indent_{indent} {}

  /// Whether a text of this width has room on a line, from `column` on.
  [[nodiscard]] bool has_room(std::size_t text_width, std::size_t column) const {
    return limit_ == std::string::npos || column + text_width <= limit_;
  }
  [[nodiscard]] std::size_t width() const { return width_; }
  /// Blanks up to this column.
  void pad_to(std::size_t column);
  /// Adds text after `gap` blanks; when it has no room, on a new line at `column`, or at the
  /// indent, and there without its first blanks, if that is too far right. Only what is wider than
  /// a whole line is broken.
  void add(std::string_view text, std::size_t gap, std::size_t column = 0);
  /// Adds text of this width, which contains colours and is not broken.
  void add_painted(std::string_view text, std::size_t text_width, std::size_t gap);
  /// The lines, without line ends.
  [[nodiscard]] std::vector<std::string> take();

 private:
  void begin_line(std::size_t column);

  std::size_t limit_;
  std::size_t indent_;
  std::vector<std::string> lines_{""};
  std::size_t width_ = 0;  ///< of the last line
};

/// A sentence on as many lines as it takes, broken between words.
[[nodiscard]] std::vector<std::string> wrapped(
    std::string_view text, std::size_t columns, std::size_t indent);

/// Lines as text, each with a line end.
[[nodiscard]] std::string joined(const std::vector<std::string>& lines);

}  // namespace synroute::present
