// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/tape.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace synroute::replay {

/// Plays recordings as a transport, one after the other: takes the next probe of the tape for sent,
/// and delivers what was captured between it and the probe after that, one packet a call, so that
/// every packet meets the probes it met then.
///
/// A tape is laid on the clock so that its last item is now as it begins: everything played lies in
/// the past, and nothing waits.
class Player final : public seam::Transport {
 public:
  /// The session must begin the traces in this order, each when the one before has ended.
  /// `counters`: what of the capture could not be used.
  Player(
      std::vector<std::shared_ptr<Tape>> tapes,
      seam::Waiter& clock,
      const model::Counters& counters = {});

  [[nodiscard]] seam::TransportTraits traits() const override;
  /// One probe at a time, as follow() asks for them.
  void send(std::span<const seam::Outgoing> batch) override;
  void receive(std::vector<seam::Incoming>& into) override;
  [[nodiscard]] model::Counters counters() const override { return counters_; }

 private:
  [[nodiscard]] Instant instant_of(const Item& item) const;

  std::vector<std::shared_ptr<Tape>> tapes_;
  seam::Waiter& clock_;
  model::Counters counters_;
  std::size_t current_ = 0;
  std::optional<Instant> end_;  ///< of the current tape
  std::vector<seam::Incoming> reports_;
};

/// Time that stands still while something is played and passes only while somebody waits: so what a
/// replay shows does not depend on how fast the machine is.
class StoppedClock final : public seam::Waiter {
 public:
  explicit StoppedClock(seam::Waiter& real) : real_{real}, now_{real.now()} {}

  [[nodiscard]] Instant now() override { return now_; }
  [[nodiscard]] WallTime wall() override { return real_.wall(); }
  seam::Wake wait(std::optional<Instant> until) override;

 private:
  seam::Waiter& real_;
  Instant now_;
};

}  // namespace synroute::replay
