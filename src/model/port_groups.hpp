// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace synroute::model {

/// Ports of one scan that share their fate.
struct PortGroup {
  enum class Kind : std::uint8_t {
    Reaches,  ///< the target answers from its distance, or from where is not known
    Nearer,   ///< something answers nearer than the target is for other ports
    Dropped,  ///< silence
    Refused,  ///< ICMP unreachable
  };
  Kind kind = Kind::Reaches;
  PortState state = PortState::Open;
  std::optional<Fate> fate;           ///< of all of them; `assumed` when it is for any
  std::optional<ProbeId> decided_by;  ///< an answer that speaks for all
  std::vector<Port> ports;            ///< ascending
  std::string sentence;               ///< what became of them, for people
};

/// The ports the user named, grouped by fate, nearest first; groups of the host itself come last.
[[nodiscard]] std::vector<PortGroup> group_ports(const Trace& trace);

}  // namespace synroute::model
