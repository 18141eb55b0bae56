// SPDX-License-Identifier: Apache-2.0
#include "present/target_text.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace synroute::present {

std::string address_text(const model::Target& target) {
  const std::string zone = target.zone.empty() ? "" : "%" + sanitise(target.zone);
  return target.address.to_string() + zone;
}

std::string host_text(const model::Target& target) {
  const std::string address = address_text(target);
  return target.name.empty() ? address : fmt::format("{} ({})", sanitise(target.name), address);
}

}  // namespace synroute::present
