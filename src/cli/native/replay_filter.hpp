// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "cli/command_line.hpp"
#include "cli/native/request.hpp"
#include "model/trace.hpp"
#include "tracer/request/trace_request.hpp"
#include "tracer/startup_error.hpp"

#include <expected>
#include <optional>
#include <vector>

namespace synroute::cli {

/// Selects traces of a capture by target, port and family; all where none of these was given.
class ReplayFilter {
 public:
  /// Looks names up: as they resolve today, not when the capture was made.
  [[nodiscard]] static std::expected<ReplayFilter, tracer::StartupError> read(
      const Request& request, Words operands);

  [[nodiscard]] bool accepts(const IpAddress& target, Port port) const;
  /// Writes the name the user typed into an accepted target, if there is one.
  void name(model::Target& target) const;

 private:
  struct Selected {
    tracer::TargetRequest request;
    std::vector<IpAddress> addresses;
    [[nodiscard]] bool accepts(const IpAddress& target, Port port) const;
  };

  std::optional<Family> family_;
  std::optional<Port> port_;
  std::optional<Selected> selected_;
};

}  // namespace synroute::cli
