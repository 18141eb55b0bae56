// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "model/reply.hpp"
#include "sim/boxes/middlebox.hpp"
#include "sim/expected_reply.hpp"
#include "sim/oracle_probe.hpp"
#include "sim/port_set.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace synroute::sim {

/// What boxes are expected to do with a packet at one hook.
struct BoxEffect {
  bool passes = true;
  bool silent = false;                 ///< a box dropped the packet without an answer
  std::vector<ExpectedReply> replies;  ///< sent by boxes, whether the packet passes or not
};

/// A packet of the oracle at one hook of one router.
struct OracleContext {
  OracleProbe& probe;
  bool outbound = false;  ///< away from the prober
  BoxAddresses own;       ///< the router's addresses, for replies in its own name
  BoxEffect effect = {};

  [[nodiscard]] bool is_probe() const { return outbound && !probe.answer; }
  [[nodiscard]] bool is_reply() const { return !outbound && probe.answer.has_value(); }
  [[nodiscard]] bool is_probe_to(const PortSet& ports) const {
    return is_probe() && ports.contains(probe.port);
  }
  void drop() {
    effect.silent = true;
    effect.passes = false;
  }
  void stop_with(ExpectedReply reply) {
    effect.replies.push_back(std::move(reply));
    effect.passes = false;
  }
};

/// A segment that a box sends with the target's address as its source.
[[nodiscard]] inline ExpectedReply reply_as_target(
    model::ReplyKind kind, const OracleProbe& probe, int ttl = kBoxTtl) {
  return {.kind = kind, .decider = Decider::Box, .from = probe.destination, .ttl = ttl};
}

/// One middlebox as a scenario describes it: makes the box that handles packets, and tells the
/// oracle what to expect of it. Holds settings only, so that a scenario can be copied and built any
/// number of times.
class BoxSpec {
 public:
  BoxSpec() = default;
  BoxSpec(const BoxSpec&) = delete;
  BoxSpec& operator=(const BoxSpec&) = delete;
  virtual ~BoxSpec() = default;

  /// A box without state yet. `own`: the addresses of its router.
  [[nodiscard]] virtual std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& own, std::uint64_t seed) const = 0;

  // The hooks of Middlebox for the oracle. What a reply does not show (its source, TTL, labels and
  // delay, or that there is none) need not be modelled, so the default is no effect.
  virtual void expect_enter(OracleContext& context) const;
  virtual void expect_forward(OracleContext& context) const;
  virtual void expect_leave(OracleContext& context) const;

  /// An address the router receives packets for because of this box: the outer one of a NAT.
  [[nodiscard]] virtual std::optional<IpAddress> outer_address() const;
};

using BoxSpecPtr = std::shared_ptr<const BoxSpec>;

/// The spec of a box whose work no reply shows. `Box` is constructed from its settings and a seed.
template <class Box, class Settings>
class UnobservableBoxSpec final : public BoxSpec {
 public:
  explicit UnobservableBoxSpec(Settings settings) : settings_{std::move(settings)} {}
  [[nodiscard]] std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& /*own*/, std::uint64_t seed) const override {
    return std::make_unique<Box>(settings_, seed);
  }

 private:
  Settings settings_;
};

template <class Box, class Settings>
[[nodiscard]] BoxSpecPtr unobservable_box(Settings settings) {
  return std::make_shared<UnobservableBoxSpec<Box, Settings>>(std::move(settings));
}

}  // namespace synroute::sim
