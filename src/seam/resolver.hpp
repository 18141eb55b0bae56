// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace synroute::seam {

struct NameAnswer {
  IpAddress address;
  std::optional<std::string> name;  ///< as the network sent it: not yet sanitised
};

/// Reverse names, asked now and heard later. Asks at most once per address. Never waits.
class Resolver {
 public:
  Resolver() = default;
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  virtual ~Resolver() = default;

  virtual void ask(const IpAddress& address) = 0;
  /// Appends the answers that have arrived (or failed, or timed out) since the last call.
  virtual void receive(std::vector<NameAnswer>& into) = 0;
  /// Questions still without an answer.
  [[nodiscard]] virtual int pending() const = 0;
  /// When receive() must be called at the latest for its own time-outs; nothing when none runs.
  [[nodiscard]] virtual std::optional<Instant> deadline() = 0;
};

}  // namespace synroute::seam
