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

/// What the Oracle follows through a network in place of packets.
namespace synroute::sim {

/// A translation by the NAT of `node`.
struct Translation {
  std::size_t node = 0;
  bool of_source = false;
  IpAddress outer;
  IpAddress inner;
  friend bool operator==(const Translation&, const Translation&) = default;
};
/// A probe, or the reply to it, at one node of its path.
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
  std::optional<ExpectedReply> answer;  ///< set on the return path

  /// The source address of the probe at `node`, after the translations so far.
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
