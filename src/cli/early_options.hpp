// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"

#include <cstdint>
#include <string_view>

namespace synroute::cli {

/// The two option values that are needed before permissions are given up, and so before the command
/// line is parsed.
struct EarlyOptions {
  std::uint32_t mark = 0;         ///< --mark; 0: none, or not a number below 2³²
  std::string_view capture_path;  ///< --pcap; empty: none
};

/// Finds `--mark N`, `--mark=N`, `--pcap FILE` and `--pcap=FILE` without regard to anything else on
/// the command line; the last of each counts. "-" is no capture path: the parser refuses it later,
/// and it must not have become a file by then.
[[nodiscard]] EarlyOptions read_early_options(Words words);

}  // namespace synroute::cli
