// SPDX-License-Identifier: Apache-2.0
#include "strategy/scan/controlled_trial.hpp"

#include <utility>

namespace synroute::strategy {

ControlledTrial::ControlledTrial(
    std::size_t control, std::vector<std::size_t> ports, int probes, Duration pause, Random random)
    : control_{control}, ports_{std::move(ports)}, probes_{probes}, pause_{pause}, random_{random} {
  deck_.assign(static_cast<std::size_t>(probes), control);
  for (const std::size_t port : ports_) {
    deck_.insert(deck_.end(), static_cast<std::size_t>(probes), port);
  }
  for (std::size_t left = deck_.size(); left > 1; --left) {
    std::swap(deck_[left - 1], deck_[random_.below(left)]);
  }
}

std::optional<std::size_t> ControlledTrial::next(Instant now) {
  if (position_ == deck_.size() || (due_ && now < *due_)) {
    return std::nullopt;
  }
  const auto longest = static_cast<std::uint64_t>(2 * pause_.count());
  due_ = now + Duration{static_cast<Duration::rep>(longest > 0 ? random_.below(longest) : 0)};
  const std::size_t port = deck_[position_++];
  ++counts_[port].waiting;
  ++waiting_;
  return port;
}

std::optional<Instant> ControlledTrial::due() const {
  return position_ < deck_.size() ? due_ : std::nullopt;
}

bool ControlledTrial::awaits(std::size_t port) const {
  const auto found = counts_.find(port);
  return found != counts_.end() && found->second.waiting > 0;
}

void ControlledTrial::settled(std::size_t port, Outcome outcome) {
  Count& count = counts_[port];
  --count.waiting;
  --waiting_;
  count.answered += outcome == Outcome::Answered ? 1 : 0;
  count.refused += outcome == Outcome::Refused ? 1 : 0;
}

ControlledTrial::Result ControlledTrial::result(std::size_t port) const {
  if (counts_.at(port).answered > 0) {
    return Result::Reaches;
  }
  const bool all_sent = counts_.at(port).refused == 0;
  return all_sent && counts_.at(control_).answered == probes_ ? Result::Stopped : Result::Unknown;
}

}  // namespace synroute::strategy
