// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/replay_cursor.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace synroute::replay {

/// Replays recorded traces one after the other: reports the next recorded probe as sent, then
/// delivers the packets captured before the probe after it, one per receive(), so that each packet
/// is matched against the probes that were pending when it arrived.
///
/// The last packet of a trace is mapped to the time its replay starts, so all its packets lie in
/// the past and no timer has to be waited for.
class ReplayTransport final : public seam::Transport {
 public:
  /// The session must run the traces in this order, one at a time. `counters` are those of packets
  /// in the capture that could not be used.
  ReplayTransport(
      std::vector<std::shared_ptr<ReplayCursor>> cursors,
      seam::Waiter& clock,
      const model::Counters& counters = {});

  [[nodiscard]] seam::TransportTraits traits() const override;
  /// One probe at a time, as make_replay_strategy() asks for them.
  void send(std::span<const seam::Outgoing> batch) override;
  void receive(std::vector<seam::Incoming>& into) override;
  [[nodiscard]] model::Counters counters() const override { return counters_; }

 private:
  [[nodiscard]] Instant instant_of(const RecordedPacket& packet) const;

  std::vector<std::shared_ptr<ReplayCursor>> cursors_;
  seam::Waiter& clock_;
  model::Counters counters_;
  std::size_t current_ = 0;
  std::optional<Instant>
      end_;  ///< the time its last packet is mapped to; absent before a trace starts
  std::vector<seam::Incoming> reports_;
};

}  // namespace synroute::replay
