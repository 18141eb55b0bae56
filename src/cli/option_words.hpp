// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/parser.hpp"

#include <cstddef>
#include <string_view>

namespace synroute::cli {

/// The value of an option with a value, spelled `--name VALUE` or `--name=VALUE`, found without
/// regard to anything else on the command line: for what must be known before that is read. The
/// last counts; empty when there is none.
[[nodiscard]] inline std::string_view last_value_among(Words words, std::string_view option) {
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

}  // namespace synroute::cli
