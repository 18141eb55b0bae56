// SPDX-License-Identifier: Apache-2.0
#include "model/routing_loop.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace synroute::model {
namespace {

/// A circle that is not complete three times within the 30 rows of a trace is not recognised.
constexpr std::size_t kLengthMax = 10;

/// What a row can contribute to a loop.
struct Step {
  std::optional<IpAddress> router;  ///< absent when silent
  bool is_other = false;            ///< several routers, or the end of the path
};

Step step_of(const Hop& row) {
  const std::vector<Responder> responders = row.responders();
  const bool only_expired = std::ranges::all_of(row.probes, [](const ProbeRecord* record) {
    return record->reply() == nullptr || record->reply()->kind == ReplyKind::TimeExceeded;
  });
  if (responders.empty()) {
    return {};
  }
  return responders.size() == 1 && only_expired ? Step{.router = responders.front().address}
                                                : Step{.router = std::nullopt, .is_other = true};
}

/// The rows before `end` that agree with a loop of one length.
class Circle {
 public:
  Circle(std::span<const Step> steps, std::size_t length)
      : steps_{steps}, first_{steps.size()}, members_(length), answers_(length) {
    while (first_ > 0 && fits(steps_[first_ - 1], first_ - 1)) {
      add(--first_);
    }
    // A router seen once need not belong to the loop, and silence may have any cause.
    while (first_ < steps_.size() && (!steps_[first_].router || answers_[position(first_)] < 2)) {
      remove_first();
    }
  }

  [[nodiscard]] bool is_loop() const {
    const auto seen = std::ranges::count_if(members_, [](const auto& each) { return !!each; });
    std::set<IpAddress> different;
    std::ptrdiff_t answers = 0;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      answers += answers_[i];
      if (members_[i]) {
        different.insert(*members_[i]);
      }
    }
    constexpr std::ptrdiff_t kRepeatsMin = 4;
    const bool has_circle = different.size() > 1 || seen == 1;
    return has_circle && answers - seen >= std::max(kRepeatsMin, 2 * seen);
  }
  [[nodiscard]] std::size_t first() const { return first_; }
  [[nodiscard]] std::vector<IpAddress> routers() const {
    std::vector<IpAddress> result;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (const auto& member = members_[position(first_ + i)]) {
        result.push_back(*member);
      }
    }
    return result;
  }

 private:
  [[nodiscard]] std::size_t position(std::size_t index) const { return index % members_.size(); }
  [[nodiscard]] bool fits(const Step& step, std::size_t index) const {
    const auto& member = members_[position(index)];
    return !step.is_other && (!step.router || !member || step.router == member);
  }
  void add(std::size_t index) {
    if (const auto& router = steps_[index].router) {
      members_[position(index)] = router;
      ++answers_[position(index)];
    }
  }
  void remove_first() {
    if (steps_[first_].router) {
      answers_[position(first_)] = 0;
      members_[position(first_)].reset();
    }
    ++first_;
  }

  std::span<const Step> steps_;
  std::size_t first_;
  std::vector<std::optional<IpAddress>> members_;  ///< by position in the circle
  std::vector<int> answers_;                       ///< by position in the circle
};

}  // namespace

std::optional<RoutingLoop> find_routing_loop(std::span<const Hop> rows) {
  while (!rows.empty() && rows.back().is_silent()) {
    rows = rows.first(rows.size() - 1);
  }
  std::vector<Step> steps;
  std::ranges::transform(rows, std::back_inserter(steps), step_of);
  for (std::size_t length = 2; length <= kLengthMax && 3 * length <= steps.size(); ++length) {
    const Circle circle{steps, length};
    if (circle.is_loop()) {
      return RoutingLoop{
          .first = rows[circle.first()].ttl,
          .last = rows.back().ttl,
          .length = static_cast<int>(length),
          .routers = circle.routers()};
    }
  }
  return std::nullopt;
}

}  // namespace synroute::model
