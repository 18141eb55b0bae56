// SPDX-License-Identifier: Apache-2.0
#include "cli/native/foreign_options.hpp"

#include <algorithm>
#include <array>

namespace synroute::cli {
namespace {

constexpr std::string_view kAlwaysTcp = "probes are always TCP";
constexpr std::string_view kNoOther = "probes are TCP, there are no others";

constexpr auto kRows = std::to_array<ForeignOption>({
    // need not be told
    {.spelled = "-T", .idle = kAlwaysTcp},
    {.spelled = "--tcp", .idle = kAlwaysTcp},
    {.spelled = "-e", .idle = "MPLS labels and other extensions are always shown"},
    {.spelled = "--extensions", .idle = "MPLS labels and other extensions are always shown"},
    {.spelled = "--mpls", .idle = "MPLS labels are always shown"},
    {.spelled = "-b", .idle = "address and name are always shown"},
    {.spelled = "--show-ips", .idle = "address and name are always shown"},
    {.spelled = "--report", .idle = "the output is always a report"},
    {.spelled = "--report-wide", .idle = "the output is always a report"},
    {.spelled = "-Pn", .idle = "no host is pinged first"},
    {.spelled = "-sS", .idle = "probes are SYNs unless --flags says otherwise"},
    // the same under another name
    {.spelled = "-P", .same_as = "port"},
    {.spelled = "--target-port", .same_as = "port"},
    {.spelled = "--dport", .same_as = "port"},
    {.spelled = "-c", .same_as = "queries"},
    {.spelled = "--report-cycles", .same_as = "queries"},
    {.spelled = "--count", .same_as = "queries"},
    {.spelled = "--no-dns", .same_as = "numeric"},
    {.spelled = "-a", .same_as = "source"},
    {.spelled = "--address", .same_as = "source"},
    {.spelled = "--source-address", .same_as = "source"},
    {.spelled = "--source-port", .same_as = "sport"},
    {.spelled = "--first-ttl", .same_as = "first"},
    {.spelled = "--first-hop", .same_as = "first"},
    {.spelled = "--max-ttl", .same_as = "max-hops"},
    {.spelled = "--psize", .same_as = "length"},
    {.spelled = "--timeout", .same_as = "wait"},
    {.spelled = "-Z", .same_as = "wait"},
    {.spelled = "--fwmark", .same_as = "mark"},
    {.spelled = "--src", .same_as = "source"},
    // what cannot be had
    {.spelled = "-I", .refusal = "there are no ICMP probes, only TCP; an interface is -i NAME"},
    {.spelled = "--icmp", .refusal = kNoOther},
    {.spelled = "-U", .refusal = kNoOther},
    {.spelled = "-u", .refusal = kNoOther},
    {.spelled = "--udp", .refusal = kNoOther},
    {.spelled = "--sctp", .refusal = kNoOther},
    {.spelled = "-D", .refusal = kNoOther},
    {.spelled = "--dccp", .refusal = kNoOther},
    {.spelled = "--protocol", .refusal = kNoOther},
    {.spelled = "-M", .refusal = "probes are TCP; --method raw or connect is how they are sent"},
    {.spelled = "--module",
     .refusal = "probes are TCP; --method raw or connect is how they are sent"},
    {.spelled = "-r",
     .refusal = "mtr's report is the output without it; routing cannot be bypassed, see -i"},
    {.spelled = "-x", .refusal = "tcpping's number of probes is -q, output for programs is --json"},
    {.spelled = "--xml", .refusal = "output for programs is --json"},
    {.spelled = "-C", .refusal = "output for programs is --json"},
    {.spelled = "--raw", .refusal = "output for programs is --json; raw packets are --method raw"},
    {.spelled = "-o", .refusal = "output for programs is --json"},
    {.spelled = "-v", .refusal = "-d shows every packet, -V the version"},
    {.spelled = "--verbose", .refusal = "-d shows every packet"},
    {.spelled = "--interval", .refusal = "the gap between two probes is -z"},
    {.spelled = "-sT", .refusal = "connections instead of raw packets are --method connect"},
    {.spelled = "-T0", .refusal = "there are no timing templates; a slower scan is --rate"},
    {.spelled = "-T1", .refusal = "there are no timing templates; a slower scan is --rate"},
    {.spelled = "-T2", .refusal = "there are no timing templates; a slower scan is --rate"},
    {.spelled = "-T3", .refusal = "there are no timing templates; the rate of a scan is --rate"},
    {.spelled = "-T4", .refusal = "there are no timing templates; a faster scan is --rate"},
    {.spelled = "-T5", .refusal = "there are no timing templates; a faster scan is --rate"},
    {.spelled = "--traceroute", .refusal = "synroute scan --where finds the hop of each port"},
});

}  // namespace

std::span<const ForeignOption> foreign_options() {
  return kRows;
}

const ForeignOption* find_foreign_option(std::string_view spelled) {
  const auto row = std::ranges::find(kRows, spelled, &ForeignOption::spelled);
  return row != kRows.end() ? &*row : nullptr;
}

}  // namespace synroute::cli
