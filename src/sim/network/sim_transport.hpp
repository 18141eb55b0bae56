// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"
#include "sim/network/world.hpp"

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace synroute::sim {

/// Sends and receives at the prober of a world. The world must outlive it; at most one per world.
/// Packets are sent at the world's current time, which is also their reported send time.
class SimTransport final : public seam::Transport {
 public:
  explicit SimTransport(World& world) : world_{world} {}

  [[nodiscard]] seam::TransportTraits traits() const override;
  void send(std::span<const seam::Outgoing> batch) override;
  void receive(std::vector<seam::Incoming>& into) override;
  [[nodiscard]] model::Counters counters() const override { return counters_; }
  /// Passes every received packet to `sink`.
  void show_to(seam::PacketSink sink) { sink_ = std::move(sink); }

 private:
  World& world_;
  std::vector<seam::Incoming> sent_;
  model::Counters counters_;
  seam::PacketSink sink_;
};

/// The world's time as the driver's clock: wait() runs the world.
class VirtualWaiter final : public seam::Waiter {
 public:
  /// 2026-01-01T00:00:00Z, when every virtual world begins.
  static constexpr WallTime kEpoch{std::chrono::seconds{1'767'225'600}};

  explicit VirtualWaiter(World& world) : world_{world} {}

  [[nodiscard]] Instant now() override { return world_.now(); }
  [[nodiscard]] WallTime wall() override;
  /// Without `until`, returns Interrupted when the world has no more events.
  seam::Wake wait(std::optional<Instant> until) override;
  /// Simulates Ctrl-C at this time.
  void interrupt_at(Instant when) { interrupt_ = when; }

 private:
  World& world_;
  std::optional<Instant> interrupt_;
};

}  // namespace synroute::sim
