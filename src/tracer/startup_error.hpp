// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace synroute::tracer {

enum class StartupErrorKind : std::uint8_t {
  InvalidRequest,  ///< the request contradicts itself or cannot be sent
  UnknownHost,     ///< no such name, or no address of the requested family
  NoScenario,      ///< no such simulated network
  NoRoute,         ///< this host has no route to the target
  NoPermission,    ///< raw packets are required and not permitted
  System,          ///< an interface, a file or a system call failed
};

/// Why a trace could not start. That nothing answers is no error but a trace.
struct StartupError {
  StartupErrorKind kind = StartupErrorKind::System;
  std::string message;  ///< a clause for people, without full stop
  std::string target;   ///< as typed; empty when the error is about no single target
};

/// "invalid_request", "unknown_host", "no_scenario", "no_route", "no_permission", "system".
[[nodiscard]] constexpr std::string_view name(StartupErrorKind kind) {
  switch (kind) {
    case StartupErrorKind::InvalidRequest: return "invalid_request";
    case StartupErrorKind::UnknownHost: return "unknown_host";
    case StartupErrorKind::NoScenario: return "no_scenario";
    case StartupErrorKind::NoRoute: return "no_route";
    case StartupErrorKind::NoPermission: return "no_permission";
    case StartupErrorKind::System: break;
  }
  return "system";
}

}  // namespace synroute::tracer
