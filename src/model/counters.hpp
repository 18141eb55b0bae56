// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace synroute::model {

/// Packets of one trace. Losses on this host are counted apart from those of the network.
struct Counters {
  std::uint64_t sent = 0;      ///< probes that left this host
  std::uint64_t received = 0;  ///< answers attributed to a probe, duplicates included
  std::uint64_t duplicates = 0;
  std::uint64_t late = 0;
  std::uint64_t unmatched = 0;  ///< addressed to this host, but matching no probe
  std::uint64_t bad_checksum = 0;
  std::uint64_t malformed = 0;          ///< headers that could not be parsed
  std::uint64_t refused = 0;            ///< probes this host did not send
  std::uint64_t dropped_by_socket = 0;  ///< answers lost because our receive buffer was full
  /// ICMP errors captured before this host's firewall that it then dropped: a lower bound.
  std::uint64_t dropped_by_firewall = 0;
  /// IPv4 packets of any program that this host's reverse-path filter (rp_filter) dropped.
  std::uint64_t reverse_path_drops = 0;
  /// Packets of any program that the queue of the interface had no room for. Only looked at where
  /// a probe may be among them unnoticed (connect).
  std::uint64_t dropped_by_queue = 0;
  std::uint64_t clock_steps = 0;  ///< steps of the wall clock during the trace

  Counters& operator+=(const Counters& other);
  /// What has been counted since; `other` was taken earlier.
  [[nodiscard]] Counters since(const Counters& other) const;
  friend bool operator==(const Counters&, const Counters&) = default;
};

/// Every counter under its JSON name, in the order of the output. The schemas list the same set
/// (tests/golden/schema_test.cpp compares them).
inline constexpr std::array<std::pair<std::string_view, std::uint64_t Counters::*>, 13>
    kCounterNames{{
        {"sent", &Counters::sent},
        {"received", &Counters::received},
        {"duplicates", &Counters::duplicates},
        {"late", &Counters::late},
        {"unmatched", &Counters::unmatched},
        {"bad_checksum", &Counters::bad_checksum},
        {"malformed", &Counters::malformed},
        {"refused", &Counters::refused},
        {"dropped_by_socket", &Counters::dropped_by_socket},
        {"dropped_by_firewall", &Counters::dropped_by_firewall},
        {"reverse_path_drops", &Counters::reverse_path_drops},
        {"dropped_by_queue", &Counters::dropped_by_queue},
        {"clock_steps", &Counters::clock_steps},
    }};
static_assert(sizeof(Counters) == kCounterNames.size() * sizeof(std::uint64_t));

}  // namespace synroute::model
