// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"
#include "sim/boxes/middlebox.hpp"

#include <cstdint>

namespace synroute::sim {

/// Floods the prober with answers to nothing: forged, truncated, garbled. Deterministic by its
/// seed.
class NoiseBox final : public Middlebox {
 public:
  NoiseBox(NoiseSettings settings, std::uint64_t seed) : settings_{settings}, random_{seed} {}
  Verdict forward(Packet& packet, Passage& passage) override;

 private:
  [[nodiscard]] Packet junk(const Packet& about);
  [[nodiscard]] Packet forged_error(const Packet& about);
  [[nodiscard]] Packet forged_segment(const Packet& about);
  [[nodiscard]] Packet garbage(const Packet& about);
  [[nodiscard]] IpAddress anybody(Family family);

  NoiseSettings settings_;
  Random random_;
};

}  // namespace synroute::sim
