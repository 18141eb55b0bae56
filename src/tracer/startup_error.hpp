// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

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
};

}  // namespace synroute::tracer
