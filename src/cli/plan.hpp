// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "cli/exit_code.hpp"
#include "cli/request.hpp"
#include "engine/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

namespace synroute::cli {

/// A trace that cannot begin: a clause for the user, and what the calling program is told.
struct Obstacle {
  ExitCode code = ExitCode::CannotRun;
  std::string message;
};

/// Where a target is and how packets get out to it: what the command line alone does not know.
struct Place {
  IpAddress target;
  IpAddress source;
  std::string interface;
  std::size_t mtu = 0;  ///< of the way out; 0: unknown
  std::optional<IpAddress> gateway;
};

/// Source ports one trace holds: all it can make use of; with a port of the user's, or by
/// connect(), only that one.
[[nodiscard]] std::size_t source_port_count(const TraceRequest& request);

/// How the probes look; fails when the wanted length does not hold the headers or is above the MTU.
[[nodiscard]] Read<engine::ProbeShape> shape_of(
    const ProbeLook& look, Family family, const Place& place);

/// Everything the engine has to know about one trace, except for the source ports, the time of the
/// start and the method.
[[nodiscard]] std::expected<engine::Settings, Obstacle> settings_of(
    const TraceRequest& request, const TargetSpec& target, const Place& place, std::uint64_t seed);

/// What only several options together can get wrong: nothing, or why the request makes no sense.
[[nodiscard]] Read<void> check(const TraceRequest& request);

/// The option whose wish only raw packets can fulfil, as spelled in the help; empty when there is
/// none.
[[nodiscard]] std::string_view what_needs_raw(const TraceRequest& request);

/// The family asked for, outright or by the source address.
[[nodiscard]] std::optional<Family> wanted_family(const TraceRequest& request);

}  // namespace synroute::cli
