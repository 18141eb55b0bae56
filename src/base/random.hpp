// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace synroute {

/// A bijective mix of 64 bits (the finaliser of splitmix64): every input bit moves every output
/// bit.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

/// A seeded generator (splitmix64): small, fast, the same everywhere. Not for secrets on its own;
/// its seed comes from the operating system unless the user fixes it.
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) : state_{seed} {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return mix(state_ - 0x9e3779b97f4a7c15ULL);
  }
  /// Uniform in [0, bound), bound > 0, by multiplication (Lemire); the bias is below bound / 2^64.
  constexpr std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(static_cast<Wide>(next()) * bound >> 64);
  }
  /// Uniform in [0, 1).
  constexpr double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  constexpr bool chance(double probability) { return unit() < probability; }
  /// An independent generator, for one part of a whole that must not disturb the others.
  [[nodiscard]] constexpr Random split() { return Random{mix(next())}; }

 private:
  std::uint64_t state_;
};

}  // namespace synroute
