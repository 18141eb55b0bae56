// SPDX-License-Identifier: Apache-2.0
#include "cli/native/option.hpp"
#include "cli/native/option_setters.hpp"

#include <fmt/format.h>

#include <array>

namespace synroute::cli {
namespace {

using strategy::TraceOptions;

/// "auto", or MAX[,HERE,NEAR] as in traceroute: HERE and NEAR are 0 (off) unless they are given.
Read<void> set_wait(Request& to, std::string_view value) {
  model::WaitRule& wait = to.trace.path.wait;
  if (value == "auto") {
    wait = {};
    return {};
  }
  const auto parts = split(value, ',');
  if (parts.size() > 3) {
    return std::unexpected{fmt::format("'{}' is not MAX[,HERE,NEAR]", value)};
  }
  const auto max = read_seconds(parts[0]);
  if (!max || *max == Duration::zero()) {
    return std::unexpected{fmt::format("'{}' is not a number of seconds above 0", parts[0])};
  }
  wait = model::wait_always(*max);
  Read<void> stored;
  if (parts.size() > 1) {
    stored = store(wait.factors->here, read_decimal(parts[1]));
  }
  if (stored && parts.size() > 2) {
    stored = store(wait.factors->near, read_decimal(parts[2]));
  }
  return stored;
}

constexpr auto kPathRows = std::to_array<Option>({
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
     .commands = kProbing,
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
     .help = "seconds to wait for an answer (auto)",
     .more =
         "MAX alone is waited for every probe. HERE and NEAR give silent probes up earlier, as in traceroute: after HERE times the round-trip time of an answer from the same hop, else NEAR times that of the nearest later hop, but never less than that time plus 0.2 seconds; 0, or leaving it out, turns such a rule off. auto learns the wait from the answers, up to 6 seconds: the slowest answer of the same hop plus a quarter (at least 0.06 seconds, or twice the variation); else the fastest answer from beyond plus a quarter (at least 0.125 seconds, or 1.5 times what the slowest router added); else, with no answer from beyond, 1.35 seconds, or 1.5 times the longest round-trip time plus 0.2 seconds. Answers that come later still count until the trace ends. If nothing beyond the last answering hop is heard, auto listens for 3.15 seconds plus two round-trip times: that long a router needs to report that a host is down. A MAX below that ends earlier.",
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
     .effect = [](Request& to, std::string_view value) -> Read<void> {
       const auto gap = read_seconds(value);
       if (!gap) {
         return std::unexpected{gap.error()};
       }
       to.trace.pacing = *gap > std::chrono::seconds{10} ? *gap / 1000 : *gap;
       return {};
     }},
    {.letter = 'N',
     .name = "ahead",
     .value = "N",
     .help = "hops probed ahead in the first round (16)",
     .group = Group::Path,
     .commands = kTracing,
     .effect = set_path_number<&TraceOptions::ahead, 1, 255>},
    {.name = "gap-limit",
     .value = "N",
     .help = "end after this many silent hops (8)",
     .more = "Counted from the last hop that answered, and only while the target is silent.",
     .group = Group::Path,
     .commands = kTracing,
     .effect = set_path_number<&TraceOptions::gap_limit, 1, 255>},
});

}  // namespace

std::span<const Option> path_options() {
  return kPathRows;
}

}  // namespace synroute::cli
