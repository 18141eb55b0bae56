// SPDX-License-Identifier: Apache-2.0
#include "cli/native/option.hpp"
#include "cli/native/option_setters.hpp"
#include "cli/target.hpp"
#include "os/network/name_lookup.hpp"

#include <array>

namespace synroute::cli {
namespace {

constexpr auto kRows = std::to_array<Option>({
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
    {.name = "list",
     .help = "list the scenarios that come with the program",
     .group = Group::Target,
     .commands = kDemoOnly,
     .effect = set_switch<&Request::list>},
});

}  // namespace

std::span<const Option> target_options() {
  return kRows;
}

}  // namespace synroute::cli
