// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "engine/engine.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::drive {

/// The latest probes of all traces of a session, so that the late answers to a trace that is over
/// need not be shown to every other one. Forgets old ones; 65,536 probes take 2 MB.
class SentProbes {
 public:
  void add(const wire::Datagram& probe, std::uint32_t lane);
  /// The lane of the probe that the packet names by its target, ports and sequence number; nothing
  /// when it names none, or one that is forgotten.
  [[nodiscard]] std::optional<std::uint32_t> lane_of(const wire::Datagram& answer) const;

 private:
  static constexpr std::size_t kSlots = 1U << 16;

  /// A probe, by the fields that an answer repeats.
  struct Key {
    IpAddress target;
    Port source_port;
    Port target_port;
    std::uint32_t sequence = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Entry {
    Key key;
    std::uint32_t lane = 0;
    bool is_used = false;
  };
  [[nodiscard]] static std::optional<Key> named_by(const wire::Datagram& answer);

  std::vector<Entry> entries_;  ///< by the lowest bits of the sequence number, which is random
};

}  // namespace synroute::drive
