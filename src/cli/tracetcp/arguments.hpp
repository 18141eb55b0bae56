// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"
#include "cli/command_line.hpp"
#include "cli/early_exit.hpp"
#include "cli/target.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace synroute::cli {

/// A tracetcp command line, numbers checked.
struct TracetcpArguments {
  std::string host;  ///< a name or an address; a literal IPv6 address without its brackets
  Port port{80};
  int first_ttl = 1;
  int hops = 30;
  int probes = 3;
  int timeout_ms = 4000;
  bool names = true;
  bool condensed = false;
  bool hurry = false;   ///< -F: without pauses
  std::string gateway;  ///< -g: a name or an address; empty: as routed, and with -R
  bool range = false;   ///< -r or -s: one trace per port
  std::uint16_t range_first = 0;
  std::uint16_t range_last = 0;
};

/// Reads the arguments as tracetcp 1.0.3 does: letters in bundles, values after them, the number of
/// values checked at the end. Unlike there, the host may also follow options that have their
/// values.
[[nodiscard]] std::expected<TracetcpArguments, EarlyExit> read_tracetcp(
    Words words, const ServicePorts& services);

}  // namespace synroute::cli
