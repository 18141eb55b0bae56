// SPDX-License-Identifier: Apache-2.0
#include "cli/native/option.hpp"
#include "cli/native/option_setters.hpp"
#include "cli/target.hpp"

#include <array>

namespace synroute::cli {
namespace {

using tracer::ProbeOptions;
using wire::TcpFlag;

constexpr std::uint8_t kEcnBits = 0x03;
constexpr std::uint8_t kDscpBits = 0xfc;

constexpr auto kProbeRows = std::to_array<Option>({
    {.name = "flags",
     .value = "FLAG,...",
     .help = "TCP flags of a probe: syn,ack,fin,... (syn)",
     .more =
         "Names separated by commas, \"none\", or the bits as a number. Flags decide what an answer means: a reset shows a closed port, but with ACK set only that the port is unfiltered; silence to FIN or to no flags is open|filtered, because an open port may ignore such probes.",
     .group = Group::Probe,
     .commands = kProbing,
     .effect =
         [](Request& to, std::string_view value) {
           return store(to.trace.probe.flags, read_flags(value));
         },
     .completion = Completion::ListOf,
     .words = "fin syn rst psh ack urg ece cwr ae none"},
    {.letter = 'S',
     .name = "syn",
     .help = "set the SYN flag",
     .group = Group::Probe,
     .commands = kProbing,
     .effect = add_flag<TcpFlag::Syn>},
    {.letter = 'A',
     .name = "ack",
     .help = "set the ACK flag; without -S, only that",
     .group = Group::Probe,
     .commands = kProbing,
     .effect = add_flag<TcpFlag::Ack>},
    {.letter = 'E',
     .name = "ecn-setup",
     .help = "ask the target for ECN: set ECE and CWR",
     .more =
         "These are flags of the TCP header (RFC 3168, section 6.1.1); see --ecn for the IP header.",
     .group = Group::Probe,
     .commands = kProbing,
     .effect = set_probe_switch<&ProbeOptions::ecn_setup>},
    {.name = "bare-syn",
     .help = "no TCP options: 20 bytes of TCP",
     .more =
         "By default a probe looks like the SYN of a Linux system: maximum segment size, SACK, timestamps and window scale, and no fragmentation.",
     .group = Group::Probe,
     .commands = kProbing,
     .effect = set_probe_switch<&ProbeOptions::bare>},
    {.letter = 'l',
     .name = "length",
     .value = "BYTES",
     .help = "length of the whole IP packet, padded with data",
     .more = "May also be given as a third operand: HOST PORT LENGTH.",
     .group = Group::Probe,
     .commands = kTracing,
     .effect =
         [](Request& to, std::string_view value) {
           return store(to.trace.probe.length, read_as<int>(value, kLengthRange));
         }},
    {.letter = 'F',
     .name = "dont-fragment",
     .help = "set the DF bit (IPv4; on unless --bare-syn)",
     .group = Group::Probe,
     .commands = kProbing,
     .effect = set_probe_switch<&ProbeOptions::dont_fragment>},
    {.letter = 't',
     .name = "tos",
     .value = "TOS",
     .help = "type of service or traffic class, 0 to 255",
     .group = Group::Probe,
     .commands = kProbing,
     .effect =
         [](Request& to, std::string_view value) {
           return store(
               to.trace.probe.tos, read_as<std::uint8_t>(value, {.first = 0, .last = 255}));
         }},
    {.name = "dscp",
     .value = "DSCP",
     .help = "its upper six bits: 0 to 63, or ef, af41, cs5, ...",
     .group = Group::Probe,
     .commands = kProbing,
     .effect =
         [](Request& to, std::string_view value) {
           return set_tos_bits(to, kDscpBits, 2, read_dscp(value));
         },
     .completion = Completion::OneOf,
     .words =
         "cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 ef le voice-admit"},
    {.name = "ecn",
     .value = "ECN",
     .help = "its lower two bits: 0 to 3, or ect0, ect1, ce",
     .group = Group::Probe,
     .commands = kProbing,
     .effect =
         [](Request& to, std::string_view value) {
           return set_tos_bits(to, kEcnBits, 0, read_ecn(value));
         },
     .completion = Completion::OneOf,
     .words = "not-ect ect1 ect0 ce"},
});

}  // namespace

std::span<const Option> probe_options() {
  return kProbeRows;
}

}  // namespace synroute::cli
