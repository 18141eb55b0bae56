// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/mpls.hpp"

#include <algorithm>

namespace synroute::sim {

const LabelSwitch* LabelTable::find(std::uint32_t label) const {
  const auto found = std::ranges::find(switches, label, &LabelSwitch::label);
  return found == switches.end() ? nullptr : &*found;
}

std::optional<wire::MplsLabel> LabelTable::label_for(
    const IpAddress& destination, std::uint8_t ttl, std::uint32_t out) const {
  const auto found = std::ranges::find(pushes, out, &LabelPush::out);
  if (found == pushes.end() || !found->labelled.contains(destination)) {
    return std::nullopt;
  }
  return wire::MplsLabel{
      .label = found->label,
      .traffic_class = 0,
      .bottom = true,
      .ttl = found->propagates_ttl ? ttl : std::uint8_t{255}};
}

void LabelTable::push(Packet& packet, std::uint32_t out) const {
  if (pushes.empty()) {
    return;
  }
  if (const auto label = label_for(packet.destination(), packet.ttl(), out)) {
    packet.labels.assign(1, *label);
  }
}

void pop_label(Packet& packet) {
  const std::uint8_t ttl = packet.labels.front().ttl;
  packet.labels.erase(packet.labels.begin());
  if (ttl < packet.ttl()) {
    packet.set_ttl(ttl);
  }
}

}  // namespace synroute::sim
