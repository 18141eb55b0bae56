// SPDX-License-Identifier: Apache-2.0
#include "present/name_cache.hpp"

#include <utility>

namespace synroute::present {

void NameCache::learn(const IpAddress& address, std::optional<std::string> name) {
  if (name && name->empty()) {
    name.reset();
  }
  names_.insert_or_assign(address, std::move(name));
}

bool NameCache::is_settled(const IpAddress& address) const {
  return names_.contains(address);
}

const std::string* NameCache::find(const IpAddress& address) const {
  const auto entry = names_.find(address);
  return entry != names_.end() && entry->second ? &*entry->second : nullptr;
}

}  // namespace synroute::present
