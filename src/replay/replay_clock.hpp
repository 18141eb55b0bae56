// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seam/waiter.hpp"

#include <optional>

namespace synroute::replay {

/// A clock that advances only inside wait(), so that the output of a replay does not depend on the
/// speed of the machine.
class ReplayClock final : public seam::Waiter {
 public:
  explicit ReplayClock(seam::Waiter& real) : real_{real}, now_{real.now()} {}

  [[nodiscard]] Instant now() override { return now_; }
  [[nodiscard]] WallTime wall() override { return real_.wall(); }
  seam::Wake wait(std::optional<Instant> until) override;

 private:
  seam::Waiter& real_;
  Instant now_;
};

}  // namespace synroute::replay
