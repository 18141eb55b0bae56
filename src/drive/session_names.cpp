// SPDX-License-Identifier: Apache-2.0
#include "drive/session_names.hpp"

#include <utility>
#include <variant>

namespace synroute::drive {

std::optional<model::NameKnown> SessionNames::ask(Lane& lane, const model::Event& event) {
  if (resolver_ == nullptr) {
    return std::nullopt;
  }
  std::optional<IpAddress> address;
  if (const auto* started = std::get_if<model::TraceStarted>(&event.what)) {
    address = started->head.target.address;
  } else if (const auto* settled = std::get_if<model::ProbeSettled>(&event.what)) {
    const model::Reply* reply = settled->record.reply();
    address = reply != nullptr ? std::optional{reply->from} : std::nullopt;
  }
  if (!address || !lane.addresses.insert(*address).second) {
    return std::nullopt;
  }
  if (const auto found = known_.find(*address); found != known_.end()) {
    return model::NameKnown{.address = *address, .name = found->second};
  }
  askers_[*address].push_back(lane.number);
  resolver_->ask(*address);
  return std::nullopt;
}

std::vector<seam::NameAnswer> SessionNames::receive() {
  std::vector<seam::NameAnswer> answers;
  if (resolver_ != nullptr) {
    resolver_->receive(answers);
  }
  for (const seam::NameAnswer& answer : answers) {
    if (known_.size() >= kRemembered) {
      known_.clear();
    }
    known_.insert_or_assign(answer.address, answer.name);
  }
  return answers;
}

std::vector<std::uint32_t> SessionNames::take_askers(const IpAddress& address) {
  auto found = askers_.extract(address);
  return found.empty() ? std::vector<std::uint32_t>{} : std::move(found.mapped());
}

std::optional<Instant> SessionNames::deadline() const {
  return resolver_ != nullptr && resolver_->pending() > 0 ? resolver_->deadline() : std::nullopt;
}

}  // namespace synroute::drive
