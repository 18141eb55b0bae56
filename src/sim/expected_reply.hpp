// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "model/reply.hpp"
#include "wire/icmp_extension.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace synroute::sim {

/// What decided the outcome of a probe.
enum class Decider : std::uint8_t {
  Router,  ///< a router on the path: the TTL expired or there is no route
  Host,    ///< the host that has the address
  Box,     ///< a firewall, proxy or injector, from the target's address or its own
};

/// A reply that one probe is expected to cause.
struct ExpectedReply {
  model::ReplyKind kind = model::ReplyKind::TimeExceeded;
  Decider decider = Decider::Router;
  std::size_t node = 0;  ///< where it was made
  IpAddress from;
  int ttl = 0;         ///< of the answer when it arrives
  int quoted_ttl = 0;  ///< of errors
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::vector<wire::MplsLabel> labels;
  Duration delay{};  ///< round trip, without jitter
  [[nodiscard]] bool is_icmp() const {
    return kind == model::ReplyKind::TimeExceeded || kind == model::ReplyKind::Unreachable;
  }
  friend bool operator==(const ExpectedReply&, const ExpectedReply&) = default;
};

/// Every possible outcome of one probe, over all paths its flow may take.
struct ExpectedOutcome {
  std::vector<ExpectedReply> replies;
  bool may_be_silent = false;  ///< some path ends without a reply
  bool by_chance =
      false;  ///< loss, corruption or a router that answers a share of probes is involved
  bool fixed_choice = false;  ///< a router balances by address: one tracer sees one of the paths
};

}  // namespace synroute::sim
