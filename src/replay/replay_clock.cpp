// SPDX-License-Identifier: Apache-2.0
#include "replay/replay_clock.hpp"

namespace synroute::replay {

seam::Wake ReplayClock::wait(std::optional<Instant> until) {
  const Instant begun = real_.now();
  const bool passes = !until || *until > now_;
  std::optional<Instant> real_until = until;
  if (until) {
    real_until = passes ? begun + (*until - now_) : begun;
  }
  const seam::Wake wake = real_.wait(real_until);
  if (passes) {
    now_ = now_ + (real_.now() - begun);
  }
  return wake;
}

}  // namespace synroute::replay
