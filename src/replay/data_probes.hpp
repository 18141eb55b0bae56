// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/capture.hpp"
#include "replay/packet_keys.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace synroute::replay {

/// Data that one address sent to one port of another with TTLs that expired on the way, as
/// measurements of censorship do: a box that reacts to the data is found by the TTL that reaches
/// it. Not replayed; only what the capture says.
struct ExpiredData {
  TraceKey key;
  std::set<std::pair<int, IpAddress>> hops;  ///< the TTL of a segment, and who reported it
  std::size_t resets = 0;                    ///< received in these connections
  /// The TTL of the last data segment before the first reset; absent without one.
  std::optional<int> ttl_before_reset;
};

/// Collects them from the packets of a capture.
class DataProbes {
 public:
  void note(const CapturedPacket& packet);
  /// Those for which a router reported a time exceeded, at most kKeysMax.
  [[nodiscard]] std::vector<ExpiredData> take();

 private:
  static constexpr std::size_t kKeysMax = 64;
  static constexpr std::size_t kHopsMax = 255;
  /// Connection, sequence number and IP ID: segments sent again differ in the ID.
  using SegmentKey = std::tuple<ConnectionKey, std::uint32_t, std::uint16_t>;

  void note_segment(const wire::Datagram& datagram);
  void note_exceeded(const wire::Datagram& datagram);

  std::map<SegmentKey, int> ttls_;
  std::map<ConnectionKey, int> last_ttls_;
  std::map<TraceKey, ExpiredData> found_;
};

}  // namespace synroute::replay
