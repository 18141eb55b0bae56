// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/line_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

/// Tables that map words of a scenario line to values or to functions that read them.
namespace synroute::sim {

/// A word and the value it stands for.
template <class Value>
struct WordEntry {
  std::string_view word;
  Value value;
};

/// The value of the next word in `table`; a failure that lists the words when it has none.
template <class Value, std::size_t kSize>
Value one_of(
    LineWords& words, std::string_view what, const std::array<WordEntry<Value>, kSize>& table) {
  const std::string word = words.next(what);
  for (const auto& row : table) {
    if (row.word == word) {
      return row.value;
    }
  }
  std::string choices;
  for (const auto& row : table) {
    choices += choices.empty() ? "" : ", ";
    choices += row.word;
  }
  words.fail(fmt::format("{} must be one of {}, not '{}'", what, choices, word));
  return table.front().value;
}

/// A number from `least` to the largest that `Number` holds.
template <class Number>
Number number(LineWords& words, std::string_view what, std::uint64_t least = 0) {
  return static_cast<Number>(words.number(what, least, std::numeric_limits<Number>::max()));
}

/// A key, and the function that reads its value into the settings.
template <class Target>
struct Property {
  std::string_view key;
  void (*read)(LineWords&, Target&);
};

/// Whether `key` is in the table; if so, its value has been read.
template <class Target, std::size_t kSize>
bool read_by_table(
    const std::array<Property<Target>, kSize>& table,
    std::string_view key,
    LineWords& words,
    Target& target) {
  const auto row = std::ranges::find(table, key, &Property<Target>::key);
  if (row == table.end()) {
    return false;
  }
  row->read(words, target);
  return true;
}

}  // namespace synroute::sim
