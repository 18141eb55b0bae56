// SPDX-License-Identifier: Apache-2.0
#include "cli/native/option.hpp"
#include "cli/native/option_setters.hpp"
#include "cli/target.hpp"
#include "os/network/name_lookup.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace synroute::cli {
namespace {

Read<void> store_rate(std::optional<double>& to, std::string_view value) {
  constexpr double kMost = 10'000'000;
  const auto rate = read_decimal(value);
  if (!rate) {
    return std::unexpected{rate.error()};
  }
  if (*rate < 0.01 || *rate > kMost) {
    return std::unexpected{fmt::format("'{}' is not from 0.01 to 10000000", value)};
  }
  to = *rate;
  return {};
}

constexpr auto kTargetRows = std::to_array<Option>({
    {.letter = '4',
     .name = "ipv4",
     .help = "use IPv4 only",
     .group = Group::Target,
     .commands = kShowing,
     .effect = set_family<Family::V4>},
    {.letter = '6',
     .name = "ipv6",
     .help = "use IPv6 only",
     .group = Group::Target,
     .commands = kShowing,
     .effect = set_family<Family::V6>},
    {.letter = 'p',
     .name = "port",
     .value = "PORT",
     .help = "port of targets that name none (80)",
     .more =
         "A number or the name of a TCP service. This is the destination port; the source port is set by --sport.",
     .group = Group::Target,
     .commands = kWithTargets,
     .effect =
         [](Request& to, std::string_view value) {
           return store(to.port, read_port(value, os::service_port));
         },
     .completion = Completion::Service},
    {.name = "targets",
     .value = "FILE",
     .help = "read targets from FILE, one per line (-: stdin)",
     .more =
         "Lines are HOST, HOST:PORT or HOST PORT; what follows a # does not count. They are read as they are needed, however many there are. A line that is no target is reported with its number, and the others are traced.",
     .group = Group::Target,
     .commands = kTraceOnly,
     .effect =
         [](Request& to, std::string_view value) {
           return store(to.targets, Read<std::string>{std::string{value}});
         },
     .completion = Completion::File},
    {.name = "parallel",
     .value = "N",
     .help = "targets at once (512; scan: 64)",
     .more =
         "Without permission for raw packets each takes about 50 open files, so there may be fewer.",
     .group = Group::Target,
     .commands = kThisHost,
     .effect =
         [](Request& to, std::string_view value) {
           return store(to.parallel, read_as<std::size_t>(value, {.first = 1, .last = 65'536}));
         }},
    {.name = "rate",
     .value = "N",
     .help = "probes per second (1000; scan: 200 to each host)",
     .more =
         "On average: after the first 400 probes, the next trace begins when the probes sent so far fit the rate. A few targets are therefore traced at once, whatever the rate.",
     .group = Group::Target,
     .commands = kProbing,
     .effect = [](Request& to, std::string_view value) { return store_rate(to.rate, value); }},
    {.name = "network-rate",
     .value = "N",
     .help = "probes per second to one /24 or /48 (50)",
     .more = "On average, after a first burst of 400.",
     .group = Group::Target,
     .commands = kTraceOnly,
     .effect = [](Request& to,
                  std::string_view value) { return store_rate(to.network_rate, value); }},
    {.name = "in-order",
     .help = "with --json: results in the order of the targets",
     .more = "Without it, each is written as soon as it is known. Text always has that order.",
     .group = Group::Target,
     .commands = kTraceOnly,
     .effect = set_switch<&Request::in_order>},
    {.name = "list",
     .help = "list the scenarios that come with the program",
     .group = Group::Target,
     .commands = kDemoOnly,
     .effect = set_switch<&Request::list>},
});

}  // namespace

std::span<const Option> target_options() {
  return kTargetRows;
}

}  // namespace synroute::cli
