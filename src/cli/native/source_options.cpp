// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_address.hpp"
#include "cli/native/option.hpp"
#include "cli/native/option_setters.hpp"
#include "cli/target.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace synroute::cli {
namespace {

using tracer::SendMethod;

constexpr std::string_view kMethods = "auto raw connect";

constexpr auto kSourceRows = std::to_array<Option>({
    {.letter = 'i',
     .name = "interface",
     .value = "NAME",
     .help = "send through this interface",
     .group = Group::Source,
     .commands = kThisHost,
     .effect = [](Request& to, std::string_view value) -> Read<void> {
       to.trace.source.interface = value;
       return {};
     },
     .completion = Completion::Interface},
    {.letter = 's',
     .name = "source",
     .value = "ADDRESS",
     .help = "source address, one of this host",
     .group = Group::Source,
     .commands = kThisHost,
     .effect = [](Request& to, std::string_view value) -> Read<void> {
       const auto address = IpAddress::parse(value);
       if (!address) {
         const char* hint = is_all_digits(value) ? " (the length of a packet is -l)" : "";
         return std::unexpected{fmt::format("'{}' is not an IP address{}", value, hint)};
       }
       to.trace.source.address = unmapped(*address);
       return {};
     }},
    {.name = "sport",
     .value = "PORT",
     .help = "source port",
     .more = "All probes then share it, so that the target can answer only one of them at a time.",
     .group = Group::Source,
     .commands = kProbing,
     .effect =
         [](Request& to, std::string_view value) {
           return store(to.trace.source.port, read_port_number(value));
         }},
    {.name = "mark",
     .value = "MARK",
     .help = "firewall mark of the probes, for policy routing",
     .group = Group::Source,
     .commands = kThisHost,
     .effect = [](Request& to, std::string_view value) -> Read<void> {
       constexpr Range kMarks{.first = 0, .last = std::numeric_limits<std::uint32_t>::max()};
       return store(to.trace.source.mark, read_as<std::uint32_t>(value, kMarks));
     }},
    {.name = "method",
     .value = "METHOD",
     .help = "auto, raw or connect (auto)",
     .more =
         "Probes are sent as raw packets, or by connect(), which needs no permission. connect() shows the same path and port state, but its probes are plain SYNs, and rewritten headers stay hidden. The default is raw packets where they are permitted.",
     .group = Group::Source,
     .commands = kThisHost,
     .effect = [](Request& to, std::string_view value) -> Read<void> {
       constexpr std::array kValues{SendMethod::Auto, SendMethod::Raw, SendMethod::Connect};
       return choose(to.trace.method, value, kMethods, kValues);
     },
     .completion = Completion::OneOf,
     .words = kMethods},
    {.name = "paris",
     .help = "with connect: one source port, a probe at a time",
     .more =
         "Each connect() probe has a source port of its own, so routers that balance load per flow may send them over different paths. This option keeps them on one path, at the price of a wait for every probe. Raw packets always keep to one path.",
     .group = Group::Source,
     .commands = kTraceOnly,
     .effect = [](Request& to, std::string_view) { return turn_on(to.trace.paris); }},
    {.name = "seed",
     .value = "N",
     .help = "seed of all random numbers in the probes",
     .more =
         "With the same seed, the same probes are sent. By default the operating system provides one.",
     .group = Group::Source,
     .commands = kProbing,
     .effect = [](Request& to, std::string_view value) -> Read<void> {
       constexpr Range kSeeds{.first = 0, .last = std::numeric_limits<std::uint64_t>::max()};
       return store(to.trace.seed, read_number(value, kSeeds));
     }},
});

}  // namespace

std::span<const Option> source_options() {
  return kSourceRows;
}

}  // namespace synroute::cli
