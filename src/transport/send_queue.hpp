// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"
#include "base/time.hpp"
#include "seam/transport.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace synroute::transport {

/// Packets for which a queue of this host had no room (ENOBUFS, EAGAIN), in order: they are tried
/// again after pauses that double from 0.5 to 64 ms, and given up when none has left for 2 s.
class SendQueue {
 public:
  /// Sends packets in order. Returns how many it is done with; the next one found no room.
  using Sender = std::function<std::size_t(std::span<const seam::Outgoing>)>;

  explicit SendQueue(Sender sender) : sender_{std::move(sender)} {}

  void send(std::span<const seam::Outgoing> batch, Instant now);
  /// Tries again what is due.
  void retry(Instant now);
  /// The packets to be given up now; they are not in the queue any more.
  [[nodiscard]] std::vector<seam::Outgoing> take_given_up(Instant now);
  /// When to call retry().
  [[nodiscard]] std::optional<Instant> deadline() const { return retry_at_; }

 private:
  /// Returns what is left.
  std::span<const seam::Outgoing> attempt(std::span<const seam::Outgoing> packets, Instant now);

  Sender sender_;
  std::vector<seam::Outgoing> held_;
  Duration pause_{};
  std::optional<Instant> retry_at_;
  std::optional<Instant> full_since_;  ///< the first failure after the last success
  Random random_{1};                   ///< spreads the retries of several programs
};

}  // namespace synroute::transport
