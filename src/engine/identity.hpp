// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace synroute::engine {

/// The fields by which one probe is recognised in what comes back. Which of them together suffice
/// is stated at Matcher.
struct Keys {
  std::uint32_t sequence = 0;
  /// For probes with the ACK flag: an RST answers with it as sequence number.
  std::uint32_t acknowledgement = 0;
  /// Differs from itself with its bytes swapped, so that a router's swapping shows. Therefore never
  /// 0, which Linux would replace (raw sockets without DF).
  std::uint16_t ip_id = 0;
  std::uint32_t timestamp_value = 0;
};

/// Derives the keys of successive probes from one seed.
///
/// Sequence numbers come in one of two orders.
///
/// Scattered: the top bits are a keyed permutation of the probe's number, the rest is a keyed
/// hash with its first bit 0, so any two of the first `probes_max` (≤ 2^14) lie at least 2^17
/// apart. That is more than any window a listener offers before the handshake is complete (65,535),
/// so no probe falls into the window of another and draws an RST that answers neither; with random
/// numbers, 64 probes collide there in 6 % of runs. Off-path forgers have to guess 31 bits.
///
/// Descending: from an unpredictable number downwards in steps of `descent`. Of several overlapping
/// probes of one connection, the target answers the first to arrive, and connection tracking on the
/// way must let that answer pass: it takes the highest number sent for the start of the connection
/// and drops an answer that acknowledges more than that, or over 66,000 bytes less (Linux
/// nf_conntrack). In descending order the first is the highest; a later one lies below the window
/// that the first opened at the target, where it draws at most an ACK.
class Identity {
 public:
  /// `descent`: 0 scatters.
  Identity(std::uint64_t seed, std::size_t probes_max, std::uint32_t descent = 0);

  /// Call once per probe, in the order of sending.
  Keys next();

 private:
  [[nodiscard]] std::uint32_t spaced(std::uint32_t number, std::uint64_t salt) const;
  std::uint16_t next_ip_id();

  std::uint64_t seed_;
  int index_bits_;
  std::uint32_t descent_;
  std::uint32_t number_ = 0;
  std::uint32_t first_timestamp_;
  Random random_;
  std::bitset<65536>
      taken_;  ///< IDs that a swapped or incremented copy of another could be read as
  std::size_t taken_count_ = 0;
};

/// An IP ID with its bytes exchanged, as 2.7 % of stacks quote it.
[[nodiscard]] constexpr std::uint16_t swapped(std::uint16_t id) {
  return static_cast<std::uint16_t>(id << 8 | id >> 8);
}

}  // namespace synroute::engine
