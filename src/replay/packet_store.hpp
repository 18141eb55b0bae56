// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::replay {

/// The bytes of packets kept from a capture, and what the capture says of them. Views stay valid as
/// long as the store, and its size is bounded.
class PacketStore {
 public:
  /// Room for 700,000 SYNs.
  static constexpr std::size_t kSizeMax = std::size_t{64} << 20;

  struct Packet {
    WallTime at;
    std::span<const std::uint8_t> bytes;
    std::optional<bool> outgoing;
    bool truncated = false;
    bool bad_checksum = false;
  };

  /// Copies the bytes. False when there is no room; then nothing is kept any more.
  [[nodiscard]] bool add(Packet packet);
  void sort_by_time();
  [[nodiscard]] std::span<const Packet> packets() const { return packets_; }

 private:
  static constexpr std::size_t kChunk = std::size_t{1} << 20;

  std::vector<std::vector<std::uint8_t>> chunks_;  ///< never resized: views point into them
  std::size_t used_in_chunk_ = 0;
  std::size_t size_ = 0;
  std::vector<Packet> packets_;
};

}  // namespace synroute::replay
