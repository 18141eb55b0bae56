// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace synroute::present {

/// Reverse names by address, as bytes from the network: escape them before printing.
class NameCache {
 public:
  /// An empty name counts as none.
  void learn(const IpAddress& address, std::optional<std::string> name);
  /// Whether the lookup is complete, with a name or without.
  [[nodiscard]] bool is_settled(const IpAddress& address) const;
  /// Null while unknown, and when there is none.
  [[nodiscard]] const std::string* find(const IpAddress& address) const;

 private:
  std::unordered_map<IpAddress, std::optional<std::string>> names_;
};

}  // namespace synroute::present
