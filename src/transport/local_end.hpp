// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "model/refusal.hpp"

#include <optional>
#include <string>

namespace synroute::transport {

/// This host's end of the path: the source address and the interface it sits on. When an interface
/// goes down its routes go with it, and in IPv6 its addresses; so what the kernel says of a probe
/// then is the consequence, and this finds the cause.
class LocalEnd {
 public:
  /// `interface` is what packets are bound to; when empty, the one that has the address.
  LocalEnd(const IpAddress& source, const std::string& interface);

  [[nodiscard]] const IpAddress& source() const { return source_; }
  /// What an error number from sending means.
  [[nodiscard]] model::Refusal explain(int error) const;
  /// Set when the source address is no longer here. Linux lets raw packets leave all the same, but
  /// their answers cannot arrive.
  [[nodiscard]] std::optional<model::Refusal> lost_source() const;

 private:
  [[nodiscard]] bool interface_is_down() const;

  IpAddress source_;
  std::string interface_;  ///< empty when none was found
};

}  // namespace synroute::transport
