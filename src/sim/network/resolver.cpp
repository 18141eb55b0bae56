// SPDX-License-Identifier: Apache-2.0
#include "sim/network/resolver.hpp"

#include <algorithm>

namespace synroute::sim {

void ScenarioResolver::ask(const IpAddress& address) {
  if (!asked_.insert(address).second) {
    return;
  }
  const Instant due = world_.now() + delay_;
  questions_.push_back({address, due});
  world_.wake_at(due);
}

void ScenarioResolver::receive(std::vector<seam::NameAnswer>& into) {
  const auto not_due = std::ranges::find_if(
      questions_, [&](const Question& question) { return question.due > world_.now(); });
  for (auto question = questions_.begin(); question != not_due; ++question) {
    const auto known = names_.find(question->address);
    into.push_back(
        {question->address, known == names_.end() ? std::nullopt : std::optional{known->second}});
  }
  questions_.erase(questions_.begin(), not_due);
}

std::optional<Instant> ScenarioResolver::deadline() {
  return questions_.empty() ? std::nullopt : std::optional{questions_.front().due};
}

}  // namespace synroute::sim
