// SPDX-License-Identifier: Apache-2.0
#include "cli/early_options.hpp"

#include "cli/value.hpp"

#include <cstddef>
#include <limits>

namespace synroute::cli {
namespace {

std::string_view last_value(Words words, std::string_view option) {
  std::string_view value;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    if (word == option && at + 1 < words.size()) {
      value = words[at + 1];
    } else if (word.starts_with(option) && word.substr(option.size()).starts_with('=')) {
      value = word.substr(option.size() + 1);
    }
  }
  return value;
}

}  // namespace

EarlyOptions read_early_options(Words words) {
  constexpr Range kMarks{.first = 0, .last = std::numeric_limits<std::uint32_t>::max()};
  const auto mark = read_as<std::uint32_t>(last_value(words, "--mark"), kMarks);
  const std::string_view capture = last_value(words, "--pcap");
  return {.mark = mark.value_or(0), .capture_path = capture == "-" ? "" : capture};
}

}  // namespace synroute::cli
