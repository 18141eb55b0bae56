// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "cli/parser.hpp"
#include "cli/plan.hpp"
#include "cli/request.hpp"

#include <expected>
#include <optional>
#include <vector>

namespace synroute::cli {

/// Which traces of a capture are wanted: by target, port and family; all where nothing is said.
class ReplayTargets {
 public:
  /// Looks names up: what they mean today, not what they meant when the capture was made.
  [[nodiscard]] static std::expected<ReplayTargets, Obstacle> read(
      const Request& request, Words operands);

  [[nodiscard]] bool want(const IpAddress& target, Port port) const;
  /// Puts the name that was typed for a target that is wanted, if one was.
  void name(model::Target& target) const;

 private:
  struct Wish {
    TargetSpec spec;
    std::vector<IpAddress> addresses;
    [[nodiscard]] bool covers(const IpAddress& target, Port port) const;
  };

  std::optional<Family> family_;
  std::optional<Port> port_;
  std::optional<Wish> wish_;
};

}  // namespace synroute::cli
