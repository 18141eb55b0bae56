// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/network/world.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace synroute::lab {

/// Counts the packet events of a world.
class Counters final : public sim::Observer {
 public:
  void on(
      Instant at,
      sim::NodeId node,
      sim::PacketEvent what,
      std::optional<sim::DropReason> reason,
      const sim::Packet& packet) override;
  /// The kernel's queue was full and a packet was lost.
  void count_refused() { ++refused_; }
  /// "120 packets in, 118 out; 90 TTL expired, 2 lost"
  [[nodiscard]] std::string text() const;

 private:
  std::array<std::uint64_t, 16> dropped_{};
  std::uint64_t in_ = 0;
  std::uint64_t out_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace synroute::lab
