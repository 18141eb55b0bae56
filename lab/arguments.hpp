// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace synroute::lab {

enum class Action : std::uint8_t { Run, Truth, List, Help };

struct Arguments {
  Action action = Action::Run;
  std::string scenario;
  std::vector<std::string> command;
  std::string pcap;  ///< file; empty for none
  std::optional<std::uint64_t> seed;
  std::optional<Port> port;  ///< for the truth, instead of the scenario's
  bool ethernet = false;     ///< a link with neighbours
  bool quiet = false;        ///< no counters at the end
};

/// What is wrong with the command line.
using UsageError = std::string;
[[nodiscard]] std::expected<Arguments, UsageError> parse_arguments(std::span<char* const> words);
[[nodiscard]] std::string help_text();

}  // namespace synroute::lab
