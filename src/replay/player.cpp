// SPDX-License-Identifier: Apache-2.0
#include "replay/player.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace synroute::replay {

Player::Player(
    std::vector<std::shared_ptr<Tape>> tapes, seam::Waiter& clock, const model::Counters& counters)
    : tapes_{std::move(tapes)}, clock_{clock}, counters_{counters} {}

seam::TransportTraits Player::traits() const {
  return {.method = model::Method::Replay};
}

Instant Player::instant_of(const Item& item) const {
  const WallTime last = tapes_[current_]->recording().items.back().at;
  return *end_ - (last.since_1970() - item.at.since_1970());
}

void Player::send(std::span<const seam::Outgoing> batch) {
  for (const seam::Outgoing& outgoing : batch) {
    if (tapes_[current_]->at_end()) {
      ++current_;
      end_.reset();
    }
    end_ = end_.value_or(clock_.now());
    Tape& tape = *tapes_[current_];
    assert(tape.at_probe());
    reports_.emplace_back(seam::Sent{.token = outgoing.token, .at = instant_of(tape.next())});
    tape.advance();
  }
}

void Player::receive(std::vector<seam::Incoming>& into) {
  if (!reports_.empty()) {
    std::ranges::move(reports_, std::back_inserter(into));
    reports_.clear();
    return;
  }
  Tape& tape = *tapes_[current_];
  if (!end_ || tape.at_end() || tape.at_probe()) {
    return;
  }
  const Item& item = tape.next();
  into.emplace_back(seam::Received{
      .datagram = item.datagram, .received = instant_of(item), .about = std::nullopt});
  tape.advance();
}

seam::Wake StoppedClock::wait(std::optional<Instant> until) {
  const Instant begun = real_.now();
  const bool passes = !until || *until > now_;
  std::optional<Instant> real_until = until;
  if (until) {
    real_until = passes ? begun + (*until - now_) : begun;
  }
  const seam::Wake wake = real_.wait(real_until);
  if (passes) {
    now_ = now_ + (real_.now() - begun);
  }
  return wake;
}

}  // namespace synroute::replay
