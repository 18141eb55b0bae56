// SPDX-License-Identifier: Apache-2.0
#include "engine/identity.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace synroute::engine {
namespace {

constexpr std::uint64_t kSequenceSalt = 0x53;
constexpr std::uint64_t kAcknowledgementSalt = 0x41;

/// A bijection of `bits`-bit numbers, keyed.
std::uint32_t permute(std::uint32_t number, int bits, std::uint64_t key) {
  const std::uint32_t mask = (1U << bits) - 1;
  std::uint32_t value = number;
  for (int round = 0; round < 3; ++round) {
    const std::uint64_t round_key = mix(key + static_cast<std::uint64_t>(round));
    value = (value ^ static_cast<std::uint32_t>(round_key)) & mask;
    value = (value * (static_cast<std::uint32_t>(round_key >> 32) | 1U)) & mask;
    value ^= value >> ((bits + 1) / 2);
  }
  return value & mask;
}

}  // namespace

Identity::Identity(std::uint64_t seed, std::size_t probes_max, std::uint32_t descent)
    : seed_{mix(seed)},
      index_bits_{
          static_cast<int>(std::bit_width(std::clamp<std::size_t>(probes_max, 2, 1U << 14) - 1))},
      descent_{descent},
      first_timestamp_{static_cast<std::uint32_t>(mix(seed + 1)) | 1U},
      random_{mix(seed + 2)} {}

std::uint32_t Identity::spaced(std::uint32_t number, std::uint64_t salt) const {
  const int low_bits = 32 - index_bits_;
  const std::uint32_t index = number & ((1U << index_bits_) - 1);
  const std::uint32_t top = permute(index, index_bits_, seed_ ^ salt);
  const std::uint64_t hash = mix(seed_ ^ mix(salt << 32 | number));
  const std::uint32_t low = static_cast<std::uint32_t>(hash) & ((1U << (low_bits - 1)) - 1);
  return top << low_bits | low;
}

std::uint16_t Identity::next_ip_id() {
  constexpr std::size_t kRecycle = 40000;  // beyond this, draws would hardly find a free number
  if (taken_count_ > kRecycle) {
    taken_.reset();
    taken_count_ = 0;
  }
  for (;;) {
    const auto id = static_cast<std::uint16_t>(random_.next());
    const auto incremented = static_cast<std::uint16_t>(id + 1);
    const std::array copies{id, incremented, swapped(id)};
    const bool is_free =
        std::ranges::none_of(copies, [&](std::uint16_t copy) { return taken_[copy]; });
    if (id == swapped(id) || !is_free) {  // swapping shows in all others; 0 is among these
      continue;
    }
    for (const std::uint16_t copy : copies) {
      taken_count_ += taken_[copy] ? 0U : 1U;
      taken_.set(copy);
    }
    return id;
  }
}

Keys Identity::next() {
  const std::uint32_t number = number_++;
  return {
      .sequence = descent_ == 0 ? spaced(number, kSequenceSalt)
                                : spaced(0, kSequenceSalt) - (number * descent_),
      .acknowledgement = spaced(number, kAcknowledgementSalt),
      .ip_id = next_ip_id(),
      .timestamp_value = std::max(first_timestamp_ + number, 1U)};
}

}  // namespace synroute::engine
