// SPDX-License-Identifier: Apache-2.0
#include "cli/native/option.hpp"
#include "cli/native/option_setters.hpp"

#include <array>

namespace synroute::cli {
namespace {

using os::ColorWhen;

constexpr std::string_view kColorWords = "auto always never";

constexpr auto kOutputRows = std::to_array<Option>({
    {.letter = 'n',
     .name = "numeric",
     .help = "do not look up names of hops",
     .more = "A scan never does.",
     .group = Group::Output,
     .commands = kShowing,
     .effect = [](Request& to, std::string_view) -> Read<void> {
       to.trace.names = tracer::HopNames::None;
       return {};
     }},
    {.letter = 'j',
     .name = "json",
     .help = "one JSON object per target and line",
     .group = Group::Output,
     .commands = kShowing,
     .effect = [](Request& to, std::string_view) -> Read<void> {
       to.format = Format::Json;
       return {};
     }},
    {.name = "csv",
     .help = "one line of CSV per port",
     .group = Group::Output,
     .commands = kScanning,
     .effect = [](Request& to, std::string_view) -> Read<void> {
       to.format = Format::Csv;
       return {};
     }},
    {.name = "color",
     .value = "WHEN",
     .help = "auto, always or never (auto)",
     .group = Group::Output,
     .commands = kShowing,
     .effect = [](Request& to, std::string_view value) -> Read<void> {
       constexpr std::array kValues{ColorWhen::Auto, ColorWhen::Always, ColorWhen::Never};
       return choose(to.color, value, kColorWords, kValues);
     },
     .completion = Completion::OneOf,
     .words = kColorWords},
    {.name = "pcap",
     .value = "FILE",
     .help = "record every packet sent and received to FILE",
     .more =
         "A capture with the kernel's timestamps in nanoseconds, for tcpdump, tshark and 'synroute replay'. Received packets are recorded as they came, malformed ones included. An existing file is overwritten. Requires raw packets.",
     .group = Group::Output,
     .commands = kProbing,
     .effect = [](Request& to, std::string_view value) -> Read<void> {
       if (value.empty() || value == "-") {
         return std::unexpected{"needs the name of a file"};
       }
       to.pcap = value;
       return {};
     },
     .completion = Completion::File},
    {.letter = 'd',
     .name = "debug",
     .help = "show every packet sent and received, on stderr",
     .group = Group::Output,
     .commands = kProbing,
     .effect = [](Request& to, std::string_view) { return turn_on(to.trace.report_packets); }},
    {.letter = 'h',
     .name = "help",
     .help = "show this help",
     .group = Group::Output,
     .commands = kEveryCommand,
     .effect = set_switch<&Request::help>},
    {.letter = 'V',
     .name = "version",
     .help = "show the version",
     .group = Group::Output,
     .commands = kEveryCommand,
     .effect = set_switch<&Request::version>},
});

}  // namespace

std::span<const Option> output_options() {
  return kOutputRows;
}

}  // namespace synroute::cli
