// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "sim/expected_reply.hpp"
#include "wire/icmp_extension.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

/// What the Oracle follows through a network instead of packets.
namespace synroute::sim {

/// A NAT that has translated the packet: what it puts outside, and what is inside.
struct Translation {
  std::size_t node = 0;
  bool of_source = false;
  IpAddress outer;
  IpAddress inner;
  friend bool operator==(const Translation&, const Translation&) = default;
};
/// A packet somewhere on its way.
struct OracleProbe {
  std::size_t node = 0;
  std::size_t from = 0;  ///< the neighbour it came from
  IpAddress prober;      ///< who sent the probe
  IpAddress destination;
  std::uint16_t port = 0;
  int ttl = 0;
  std::optional<wire::MplsLabel> label;
  std::vector<Translation> translations;
  Duration delay{};
  std::optional<ExpectedReply> answer;  ///< set on the way back

  /// The source address a probe shows where it is.
  [[nodiscard]] IpAddress source() const {
    IpAddress shown = prober;
    for (const Translation& done : translations) {
      shown = done.of_source ? done.outer : shown;
    }
    return shown;
  }
  friend bool operator==(const OracleProbe&, const OracleProbe&) = default;
};

}  // namespace synroute::sim
