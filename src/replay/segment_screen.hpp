// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/datagram.hpp"

#include <cstdint>
#include <unordered_map>

namespace synroute::replay {

/// Decides which packets of a capture can belong to a trace, so that the others need no memory:
/// SYNs, answers to SYNs, the first segments of connections whose SYN was seen, and ICMP errors
/// that quote TCP.
class SegmentScreen {
 public:
  enum class Verdict : std::uint8_t { Keep, LaterSegment, Unrelated };

  [[nodiscard]] Verdict judge(const wire::Datagram& datagram);

 private:
  /// A prober completes, resets or closes a connection with its first segments.
  static constexpr std::uint8_t kSegmentsKept = 16;
  /// Connections beyond this are not followed. 50 MiB.
  static constexpr std::size_t kConnectionsMax = 1'000'000;

  /// By a hash of addresses and ports, the same in both directions. Two connections with the same
  /// hash share a count, so fewer of their segments are kept.
  std::unordered_map<std::uint64_t, std::uint8_t> segments_of_;
};

/// SYN without ACK, RST or FIN.
[[nodiscard]] bool is_syn(const wire::Datagram& datagram);

}  // namespace synroute::replay
