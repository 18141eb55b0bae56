// SPDX-License-Identifier: Apache-2.0
#include "cli/native/option.hpp"
#include "cli/native/option_setters.hpp"

#include <array>

namespace synroute::cli {
namespace {

constexpr auto kScanRows = std::to_array<Option>({
    {.name = "where",
     .help = "find the hop at which each port is stopped",
     .group = Group::Scan,
     .commands = kScanning,
     .effect = [](Request& to, std::string_view) { return turn_on(to.scan.where); }},
    {.name = "retries",
     .value = "N",
     .help = "SYNs to a silent port after the first (2)",
     .more = "Five when packets get lost.",
     .group = Group::Scan,
     .commands = kScanning,
     .effect =
         [](Request& to, std::string_view value) {
           return store(to.scan.retries, read_as<int>(value, {.first = 0, .last = 20}));
         }},
    {.name = "yes",
     .help = "allow large and public prefixes",
     .more =
         "Without it, a prefix must be private or reserved for documentation and have no more than 256 addresses, and the scan must have fewer than ten million pairs of host and port.",
     .group = Group::Scan,
     .commands = kScanning,
     .effect = [](Request& to, std::string_view) { return turn_on(to.scan.yes); }},
});

}  // namespace

std::span<const Option> scan_options() {
  return kScanRows;
}

}  // namespace synroute::cli
