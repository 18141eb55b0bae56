// SPDX-License-Identifier: Apache-2.0
#include "present/native/row_text.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace synroute::present {

void RowText::pad_to(std::size_t column) {
  if (width_ < column) {
    lines_.back().append(column - width_, ' ');
    width_ = column;
  }
}

void RowText::begin_line(std::size_t column) {
  lines_.back().erase(lines_.back().find_last_not_of(' ') + 1);
  lines_.emplace_back();
  width_ = 0;
  pad_to(column);
}

void RowText::add(std::string_view text, std::size_t gap, std::size_t column) {
  const std::size_t text_width = synroute::width(text);
  if (!has_room(text_width, width_ + gap)) {
    const bool has_column = column > indent_ && has_room(text_width, column);
    if (!has_column) {
      text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
    begin_line(has_column ? column : indent_);
    while (!has_room(synroute::width(text), width_)) {
      const std::string_view part = fitting(text, std::max<std::size_t>(limit_ - width_, 2));
      lines_.back() += part;
      text.remove_prefix(part.size());
      begin_line(indent_);
    }
    gap = 0;
  }
  lines_.back().append(gap, ' ').append(text);
  width_ += gap + synroute::width(text);
}

void RowText::add_painted(std::string_view text, std::size_t text_width, std::size_t gap) {
  if (!has_room(text_width, width_ + gap)) {
    begin_line(indent_);
    gap = 0;
  }
  lines_.back().append(gap, ' ').append(text);
  width_ += gap + text_width;
}

std::vector<std::string> RowText::take() {
  return std::move(lines_);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  RowText lines{columns, indent};
  while (!text.empty()) {
    const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = text.find(' ', blanks);
    lines.add(text.substr(blanks, end - blanks), blanks);
    text.remove_prefix(std::min(end, text.size()));
  }
  return lines.take();
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + '\n';
  }
  return text;
}

}  // namespace synroute::present
