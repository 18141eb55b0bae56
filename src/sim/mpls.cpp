// SPDX-License-Identifier: Apache-2.0
#include "sim/mpls.hpp"

#include <algorithm>

namespace synroute::sim {

const LabelSwitch* LabelTable::find(std::uint32_t label) const {
  const auto found = std::ranges::find(switches, label, &LabelSwitch::label);
  return found == switches.end() ? nullptr : &*found;
}

void LabelTable::push(Packet& packet, std::uint32_t out) const {
  const auto found = std::ranges::find(pushes, out, &LabelPush::out);
  if (found == pushes.end() || !found->labelled.contains(packet.destination())) {
    return;
  }
  const std::uint8_t ttl = found->propagates_ttl ? packet.ttl() : std::uint8_t{255};
  packet.labels.assign(1, {.label = found->label, .traffic_class = 0, .bottom = true, .ttl = ttl});
}

void pop_label(Packet& packet) {
  const std::uint8_t ttl = packet.labels.front().ttl;
  packet.labels.erase(packet.labels.begin());
  if (ttl < packet.ttl()) {
    packet.set_ttl(ttl);
  }
}

}  // namespace synroute::sim
