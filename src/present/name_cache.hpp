// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace synroute::present {

/// Reverse names as they become known, kept as the network sent them: whoever shows one escapes it.
class NameCache {
 public:
  void learn(const IpAddress& address, std::optional<std::string> name);
  /// Its name, or that it has none, is known: nothing more is to be waited for.
  [[nodiscard]] bool is_settled(const IpAddress& address) const;
  /// Null when not known (yet) or when there is none.
  [[nodiscard]] const std::string* find(const IpAddress& address) const;

 private:
  std::unordered_map<IpAddress, std::optional<std::string>> names_;
};

}  // namespace synroute::present
