// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "sim/stack/packet.hpp"

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

namespace synroute::sim {

/// The action of one label switching router for one incoming label.
struct LabelSwitch {
  std::uint32_t label = 0;
  std::uint32_t out = 0;  ///< interface
  std::optional<std::uint32_t>
      out_label;           ///< absent: popped here and sent on as IP (penultimate hop)
  bool ends_here = false;  ///< popped here and routed as IP (ultimate hop)
};

/// The label an ingress pushes on packets sent by one interface.
struct LabelPush {
  std::uint32_t out = 0;
  std::uint32_t label = 0;
  bool propagates_ttl = true;              ///< else the label starts with TTL 255 (RFC 3443)
  std::unordered_set<IpAddress> labelled;  ///< destinations behind the far end
};

/// The labels of one router in label switched paths.
struct LabelTable {
  std::vector<LabelSwitch> switches;
  std::vector<LabelPush> pushes;

  /// Null for an unknown label.
  [[nodiscard]] const LabelSwitch* find(std::uint32_t label) const;
  /// The label of a packet for `destination` that leaves by `out` with this TTL, if it enters a
  /// tunnel.
  [[nodiscard]] std::optional<wire::MplsLabel> label_for(
      const IpAddress& destination, std::uint8_t ttl, std::uint32_t out) const;
  void push(Packet& packet, std::uint32_t out) const;
};

/// Pops the top label; the IP TTL becomes the smaller of the two (RFC 3443 §3).
void pop_label(Packet& packet);

}  // namespace synroute::sim
