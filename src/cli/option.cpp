// SPDX-License-Identifier: Apache-2.0
#include "cli/option.hpp"

#include "cli/option_effects.hpp"

#include <array>

namespace synroute::cli {
namespace {

using strategy::TraceOptions;
using wire::TcpFlag;

constexpr CommandSet kAll{
    CommandId::Trace, CommandId::Scan, CommandId::Replay, CommandId::Demo, CommandId::Generate};
constexpr CommandSet kShowing{
    CommandId::Trace, CommandId::Scan, CommandId::Replay, CommandId::Demo};
constexpr CommandSet kAny{CommandId::Trace, CommandId::Scan, CommandId::Demo};
constexpr CommandSet kTargets{CommandId::Trace, CommandId::Replay, CommandId::Demo};
constexpr CommandSet kTracing{CommandId::Trace, CommandId::Demo};
constexpr CommandSet kTrace{CommandId::Trace};
constexpr CommandSet kReal{CommandId::Trace, CommandId::Scan};
constexpr CommandSet kScan{CommandId::Scan, CommandId::Demo};
constexpr CommandSet kDemo{CommandId::Demo};

constexpr std::uint16_t kSyn = wire::TcpFlags{TcpFlag::Syn}.bits();
constexpr std::uint16_t kAck = wire::TcpFlags{TcpFlag::Ack}.bits();

constexpr auto kOptions = std::to_array<Option>({
    // Target
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
     .more = "A number or the name of a TCP service. This is the destination port; the source port "
             "is set by --sport.",
     .group = Group::Target,
     .commands = kTargets,
     .effect = set_port,
     .completion = Completion::Service},
    {.name = "list",
     .help = "list the scenarios that come with the program",
     .group = Group::Target,
     .commands = kDemo,
     .effect = set_switch<&Request::list>},

    // Scan
    {.name = "where",
     .help = "find the hop at which each port is stopped",
     .group = Group::Scan,
     .commands = kScan,
     .effect = set_where},
    {.name = "rate",
     .value = "N",
     .help = "SYNs per second and host (200)",
     .group = Group::Scan,
     .commands = kScan,
     .effect = set_rate},
    {.name = "retries",
     .value = "N",
     .help = "SYNs to a silent port after the first (2)",
     .more = "Five when packets get lost.",
     .group = Group::Scan,
     .commands = kScan,
     .effect = set_retries},
    {.name = "yes",
     .help = "scan also what is large or public",
     .more = "Without it, a prefix must be private or for documentation and have no more than 256 "
             "addresses, and the scan must have no more than ten million pairs of host and port.",
     .group = Group::Scan,
     .commands = kScan,
     .effect = set_yes},

    // Path
    {.letter = 'f',
     .name = "first",
     .value = "TTL",
     .help = "first TTL, or hop limit (1)",
     .group = Group::Path,
     .commands = kTracing,
     .effect = set_path_number<&TraceOptions::first_ttl, 1, 255>},
    {.letter = 'm',
     .name = "max-hops",
     .value = "TTL",
     .help = "last TTL (30)",
     .group = Group::Path,
     .commands = kAny,
     .effect = set_path_number<&TraceOptions::last_ttl, 1, 255>},
    {.letter = 'q',
     .name = "queries",
     .value = "N",
     .help = "probes per hop (3)",
     .group = Group::Path,
     .commands = kTracing,
     .effect = set_path_number<&TraceOptions::queries, 1, 100>},
    {.letter = 'w',
     .name = "wait",
     .value = "MAX[,HERE,NEAR]",
     .help = "seconds to wait for an answer (3,3,3)",
     .more =
         "No answer is waited for longer than MAX seconds. A silent probe is given up earlier, "
         "after HERE times the round-trip time of an answer from the same hop, or NEAR times that "
         "of a later hop; 0 switches such a rule off. Without this option a hop behind which "
         "nothing has answered is given one second, plus three times the longest round-trip time "
         "seen, but no more than MAX.",
     .group = Group::Path,
     .commands = kTracing,
     .effect = set_wait},
    {.letter = 'z',
     .name = "sendwait",
     .value = "GAP",
     .help = "least seconds between two probes (0.00005)",
     .more = "A value above 10 is taken as milliseconds, as traceroute does.",
     .group = Group::Path,
     .commands = kTracing,
     .effect = set_pacing},
    {.letter = 'N',
     .name = "ahead",
     .value = "N",
     .help = "hops probed ahead of the farthest answer (8)",
     .group = Group::Path,
     .commands = kTracing,
     .effect = set_path_number<&TraceOptions::ahead, 1, 255>},
    {.name = "gap-limit",
     .value = "N",
     .help = "end after this many silent hops (8)",
     .more = "Counted behind the last hop that answered, and only while the target is silent.",
     .group = Group::Path,
     .commands = kTracing,
     .effect = set_path_number<&TraceOptions::gap_limit, 1, 255>},

    // Probe
    {.name = "flags",
     .value = "FLAG,...",
     .help = "TCP flags of a probe: syn,ack,fin,... (syn)",
     .more = "Names separated by commas, \"none\", or the bits as a number.",
     .group = Group::Probe,
     .commands = kTracing,
     .effect = set_flags,
     .completion = Completion::WordList,
     .words = "fin syn rst psh ack urg ece cwr ae none"},
    {.letter = 'S',
     .name = "syn",
     .help = "set the SYN flag",
     .group = Group::Probe,
     .commands = kTracing,
     .effect = add_flags<kSyn>},
    {.letter = 'A',
     .name = "ack",
     .help = "set the ACK flag; without -S, it alone",
     .group = Group::Probe,
     .commands = kTracing,
     .effect = add_flags<kAck>},
    {.letter = 'E',
     .name = "ecn-setup",
     .help = "ask the target for ECN: set ECE and CWR",
     .more = "This concerns the TCP header (RFC 3168, section 6.1.1); see --ecn for the IP header.",
     .group = Group::Probe,
     .commands = kAny,
     .effect = set_ecn_setup},
    {.name = "bare-syn",
     .help = "no TCP options: 20 bytes of TCP",
     .more = "By default a probe looks like the SYN of a Linux system: maximum segment size, SACK, "
             "time "
             "stamps and window scale, and no fragmentation.",
     .group = Group::Probe,
     .commands = kAny,
     .effect = set_bare},
    {.letter = 'l',
     .name = "length",
     .value = "BYTES",
     .help = "length of the whole IP packet, filled up with data",
     .more = "May also be given as a third operand: HOST PORT LENGTH.",
     .group = Group::Probe,
     .commands = kTracing,
     .effect = set_length},
    {.letter = 'F',
     .name = "dont-fragment",
     .help = "set the DF bit (IPv4; on unless --bare-syn)",
     .group = Group::Probe,
     .commands = kAny,
     .effect = set_dont_fragment},
    {.letter = 't',
     .name = "tos",
     .value = "TOS",
     .help = "type of service or traffic class, 0 to 255",
     .group = Group::Probe,
     .commands = kAny,
     .effect = set_tos},
    {.name = "dscp",
     .value = "DSCP",
     .help = "its upper six bits: 0 to 63, or ef, af41, cs5, ...",
     .group = Group::Probe,
     .commands = kAny,
     .effect = set_dscp,
     .completion = Completion::Words,
     .words = "cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 "
              "af42 af43 ef le voice-admit"},
    {.name = "ecn",
     .value = "ECN",
     .help = "its lower two bits: 0 to 3, or ect0, ect1, ce",
     .group = Group::Probe,
     .commands = kAny,
     .effect = set_ecn,
     .completion = Completion::Words,
     .words = "not-ect ect1 ect0 ce"},

    // Way out
    {.letter = 'i',
     .name = "interface",
     .value = "NAME",
     .help = "send through this interface",
     .group = Group::WayOut,
     .commands = kReal,
     .effect = set_interface,
     .completion = Completion::Interface},
    {.letter = 's',
     .name = "source",
     .value = "ADDRESS",
     .help = "source address, one of this host",
     .group = Group::WayOut,
     .commands = kReal,
     .effect = set_source},
    {.name = "sport",
     .value = "PORT",
     .help = "source port",
     .more = "All probes then share it, so that the target can answer only one of them at a time.",
     .group = Group::WayOut,
     .commands = kAny,
     .effect = set_source_port},
    {.name = "mark",
     .value = "MARK",
     .help = "firewall mark of the probes, for policy routing",
     .group = Group::WayOut,
     .commands = kReal,
     .effect = set_mark},
    {.name = "method",
     .value = "METHOD",
     .help = "auto, raw or connect (auto)",
     .more =
         "How probes are sent: as raw packets, or by connect(), which needs no rights. That shows "
         "the same path and state; what routers quote of the probes, and so who rewrites them, "
         "stays "
         "hidden, and probes are plain SYNs. By default raw packets are sent where it is "
         "permitted.",
     .group = Group::WayOut,
     .commands = kReal,
     .effect = set_method,
     .completion = Completion::Words,
     .words = "auto raw connect"},
    {.name = "paris",
     .help = "with connect: one source port, a probe at a time",
     .more =
         "Where connect() sends the probes, each has a source port of its own, and routers that "
         "share load by flow send them different ways. This keeps them on one way, at the price "
         "of a wait for every probe. Raw packets keep to one way by themselves.",
     .group = Group::WayOut,
     .commands = kTrace,
     .effect = set_paris},
    {.name = "seed",
     .value = "N",
     .help = "seed of all random numbers in the probes",
     .more = "With the same seed, the same probes are sent. Without it, the operating system gives "
             "one.",
     .group = Group::WayOut,
     .commands = kAny,
     .effect = set_seed},

    // Output
    {.letter = 'n',
     .name = "numeric",
     .help = "do not look up names of hops",
     .more = "A scan never does.",
     .group = Group::Output,
     .commands = kShowing,
     .effect = set_numeric},
    {.letter = 'j',
     .name = "json",
     .help = "one JSON object per target and line",
     .group = Group::Output,
     .commands = kShowing,
     .effect = set_json},
    {.name = "csv",
     .help = "one line of CSV per port",
     .group = Group::Output,
     .commands = kScan,
     .effect = set_csv},
    {.name = "color",
     .value = "WHEN",
     .help = "auto, always or never (auto)",
     .group = Group::Output,
     .commands = kShowing,
     .effect = set_color,
     .completion = Completion::Words,
     .words = "auto always never"},
    {.name = "pcap",
     .value = "FILE",
     .help = "write every packet sent and received to FILE",
     .more = "A capture with the kernel's time stamps in nanoseconds, for tcpdump, tshark and "
             "'synroute replay'. Received packets are written as they came, wrong ones included. "
             "An existing file is overwritten. Needs raw packets.",
     .group = Group::Output,
     .commands = kAny,
     .effect = set_pcap,
     .completion = Completion::File},
    {.letter = 'd',
     .name = "debug",
     .help = "show every packet sent and received, on stderr",
     .group = Group::Output,
     .commands = kAny,
     .effect = set_debug},
    {.letter = 'h',
     .name = "help",
     .help = "show this help",
     .group = Group::Output,
     .commands = kAll,
     .effect = set_switch<&Request::help>},
    {.letter = 'V',
     .name = "version",
     .help = "show the version",
     .group = Group::Output,
     .commands = kAll,
     .effect = set_switch<&Request::version>},
});

}  // namespace

std::string_view title(Group group) {
  switch (group) {
    case Group::Target: return "Target";
    case Group::Scan: return "Scan";
    case Group::Path: return "Path and time";
    case Group::Probe: return "Probe";
    case Group::WayOut: return "Way out";
    case Group::Output: return "Output";
  }
  return {};
}

std::span<const Option> options() {
  return kOptions;
}

}  // namespace synroute::cli
