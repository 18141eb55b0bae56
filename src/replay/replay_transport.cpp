// SPDX-License-Identifier: Apache-2.0
#include "replay/replay_transport.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace synroute::replay {

ReplayTransport::ReplayTransport(
    std::vector<std::shared_ptr<ReplayCursor>> cursors,
    seam::Waiter& clock,
    const model::Counters& counters)
    : cursors_{std::move(cursors)}, clock_{clock}, counters_{counters} {}

seam::TransportTraits ReplayTransport::traits() const {
  return {.method = model::Method::Replay};
}

Instant ReplayTransport::instant_of(const RecordedPacket& packet) const {
  const WallTime last = cursors_[current_]->trace().packets.back().at;
  return *end_ - (last.since_1970() - packet.at.since_1970());
}

void ReplayTransport::send(std::span<const seam::Outgoing> batch) {
  for (const seam::Outgoing& outgoing : batch) {
    if (cursors_[current_]->at_end()) {
      ++current_;
      end_.reset();
    }
    end_ = end_.value_or(clock_.now());
    ReplayCursor& cursor = *cursors_[current_];
    assert(cursor.at_probe());
    reports_.emplace_back(seam::Sent{.token = outgoing.token, .at = instant_of(cursor.next())});
    cursor.advance();
  }
}

void ReplayTransport::receive(std::vector<seam::Incoming>& into) {
  if (!reports_.empty()) {
    std::ranges::move(reports_, std::back_inserter(into));
    reports_.clear();
    return;
  }
  ReplayCursor& cursor = *cursors_[current_];
  if (!end_ || cursor.at_end() || cursor.at_probe()) {
    return;
  }
  const RecordedPacket& packet = cursor.next();
  into.emplace_back(seam::Received{
      .datagram = packet.datagram(), .received = instant_of(packet), .about = std::nullopt});
  cursor.advance();
}

}  // namespace synroute::replay
