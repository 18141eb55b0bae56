// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/reply.hpp"
#include "sim/mpls.hpp"
#include "sim/scenario.hpp"
#include "sim/topology.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::sim {

/// Who decided about a probe.
enum class Decider : std::uint8_t {
  Router,  ///< a router on the way, by TTL or for want of a route
  Host,    ///< the machine that has the address
  Box,     ///< a firewall, proxy or injector in the name of the target, or in its own
};

/// Something that arrives at the prober in consequence of one probe.
struct Arrival {
  model::ReplyKind kind = model::ReplyKind::TimeExceeded;
  Decider decider = Decider::Router;
  std::size_t node = 0;  ///< where it was made
  IpAddress from;
  int ttl = 0;         ///< of the answer when it arrives
  int quoted_ttl = 0;  ///< of errors
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::vector<wire::MplsLabel> labels;
  Duration delay{};  ///< there and back, without jitter
  [[nodiscard]] bool is_icmp() const {
    return kind == model::ReplyKind::TimeExceeded || kind == model::ReplyKind::Unreachable;
  }
  friend bool operator==(const Arrival&, const Arrival&) = default;
};

/// All that can become of one probe, over all the ways its flow may take.
struct Fate {
  std::vector<Arrival> arrivals;
  bool may_be_silent = false;  ///< some way ends without an answer
  bool by_chance = false;      ///< loss, corruption or a moody router is involved
  bool fixed_choice =
      false;  ///< a router chose among ways by address: one tracer meets one of them
};

/// Works out on paper what a network does with a SYN: by following the scenario's words, without a
/// world, packets or time. A second opinion on World, and the source of the truth tracers are held
/// against.
class Oracle {
 public:
  /// The scenario must outlive it.
  explicit Oracle(const Scenario& scenario);
  [[nodiscard]] Fate fate(const IpAddress& target, Port port, int ttl) const;

 private:
  /// A NAT that has translated the packet: what it puts outside, and what is inside.
  struct Translation {
    std::size_t node = 0;
    bool of_source = false;
    IpAddress outer;
    IpAddress inner;
    friend bool operator==(const Translation&, const Translation&) = default;
  };
  /// A packet somewhere on its way.
  struct Traveller {
    std::size_t node = 0;
    std::size_t from = 0;  ///< the neighbour it came from
    IpAddress destination;
    std::uint16_t port = 0;
    int ttl = 0;
    std::optional<wire::MplsLabel> label;
    std::vector<Translation> translations;
    Duration delay{};
    std::optional<Arrival> answer;  ///< set on the way back
    friend bool operator==(const Traveller&, const Traveller&) = default;
  };
  class Journey;

  const Scenario& scenario_;
  Topology topology_;
  std::vector<RouteTable> routes_;
  std::vector<LabelTable> labels_;
  std::vector<std::size_t> from_prober_;
  std::vector<OwnedAddress> owned_;
};

}  // namespace synroute::sim
