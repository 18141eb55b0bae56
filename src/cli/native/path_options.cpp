// SPDX-License-Identifier: Apache-2.0
#include "cli/native/option.hpp"
#include "cli/native/option_setters.hpp"

#include <fmt/format.h>

#include <array>

namespace synroute::cli {
namespace {

using strategy::TraceOptions;

/// MAX[,HERE,NEAR] as in traceroute. An explicit MAX also replaces the shorter wait for silent
/// hops: whoever asks for five seconds has a path where one second is too short.
Read<void> set_wait(Request& to, std::string_view value) {
  const auto parts = split(value, ',');
  if (parts.size() > 3) {
    return std::unexpected{fmt::format("'{}' is not MAX[,HERE,NEAR]", value)};
  }
  const auto max = read_seconds(parts[0]);
  if (!max || *max == Duration::zero()) {
    return std::unexpected{fmt::format("'{}' is not a number of seconds above 0", parts[0])};
  }
  strategy::WaitRule& wait = to.trace.path.wait;
  wait.max = *max;
  wait.silence = *max;
  Read<void> stored;
  if (parts.size() > 1) {
    stored = store(wait.here, read_decimal(parts[1]));
  }
  if (stored && parts.size() > 2) {
    stored = store(wait.near, read_decimal(parts[2]));
  }
  return stored;
}

constexpr auto kRows = std::to_array<Option>({
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
     .help = "seconds to wait for an answer (3,3,3)",
     .more =
         "MAX is the longest wait for any answer. A silent probe is given up earlier: after HERE times the round-trip time of an answer from the same hop, or NEAR times that of a later hop; 0 turns such a rule off. Without this option, a hop is given one second plus three times the longest round-trip time seen, but no more than MAX, while no later hop has answered.",
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
     .help = "hops probed ahead of the farthest answer (8)",
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
  return kRows;
}

}  // namespace synroute::cli
