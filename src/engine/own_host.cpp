// SPDX-License-Identifier: Apache-2.0
#include "engine/own_host.hpp"

#include <algorithm>

namespace synroute::engine {
namespace {

constexpr std::size_t kRulesMax = 16;

}  // namespace

std::optional<Instant> delivery_deadline(const Ledger& ledger, bool each_port) {
  if (ledger.any_delivered() && !each_port) {
    return std::nullopt;
  }
  std::optional<Instant> latest;
  for (const model::ProbeRecord& record : ledger.records()) {
    const bool is_open = record.delivery == model::Delivery::NotTested;
    if (is_open && record.reply() != nullptr && answers_handshake(*record.reply())) {
      const Instant until = record.reply()->received + kDeliveryGrace;
      latest = std::max(until, latest.value_or(until));
    }
  }
  return latest;
}

void add_rule(std::vector<model::OwnTranslation>& rules, const model::OwnTranslation& translation) {
  const auto same_rule = [&](const model::OwnTranslation& known) {
    return known.before.destination == translation.before.destination
           && known.after.destination == translation.after.destination
           && known.after.destination_port == translation.after.destination_port
           && known.after.source == translation.after.source;
  };
  if (rules.size() < kRulesMax && std::ranges::none_of(rules, same_rule)) {
    rules.push_back(translation);
  }
}

bool mixes_paths(const Ledger& ledger, const std::vector<model::OwnTranslation>& rules) {
  return std::ranges::count_if(rules, &model::OwnTranslation::changes_destination) > 1
         || std::ranges::any_of(ledger.records(), [](const model::ProbeRecord& record) {
              return record.probe.ttl_set_by_host.has_value();
            });
}

}  // namespace synroute::engine
