// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace synroute::engine {

/// The keys one probe carries; each alone is enough to recognise it.
struct Keys {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement =
      0;  ///< for probes with the ACK flag: comes back as an RST's sequence
  /// Another one with its bytes swapped. Never 0, then, which Linux would replace (raw sockets
  /// without DF).
  std::uint16_t ip_id = 0;
  std::uint32_t timestamp_value = 0;
};

/// Invents the keys of successive probes from one seed.
///
/// Sequence numbers come in one of two orders.
///
/// Scattered: the top bits are a keyed permutation of the probe's number, the rest is a keyed
/// hash with its first bit 0, so any two of the first `probes_max` (≤ 2^14) lie at least 2^17
/// apart. That is more than any window a listener offers before the handshake is complete (65,535),
/// so no probe falls into the window of a sibling and draws an RST meant for neither; random draws
/// collide there with 6 % for 64 probes. Off-path forgers have to guess 31 bits.
///
/// Descending: from an unpredictable one downwards in steps of `descent`. Of several probes of one
/// connection that overlap, the first to arrive is answered, and its answer must also pass boxes
/// that keep track of connections: those hold the highest number sent for the beginning of the
/// connection and drop an answer that acknowledges more than that, or less by over 66,000 bytes
/// (Linux nf_conntrack). Descending in small steps the first is the highest, and a later one lies
/// below the window that its arrival opened at the target, where it draws at most an ACK.
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
