// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/request.hpp"
#include "model/hop.hpp"
#include "model/trace.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace synroute::sim {
struct Scenario;
}  // namespace synroute::sim

/// One trace in one call, for programs that need no more. Those that do compose drive::Session
/// themselves: several targets on one transport, a transport or a clock of their own.
namespace synroute::api {

enum class FailureKind : std::uint8_t {
  UnknownHost,  ///< no such name, or no address of the wanted family
  NoRoute,      ///< this host knows no way there
  NoRights,     ///< Way::Raw without CAP_NET_RAW
  System,       ///< the machine refuses something else
  NoScenario,   ///< no such simulated network
};

/// Why there is no trace at all. That nothing answers is a trace.
struct Failure {
  FailureKind kind = FailureKind::System;
  std::string message;  ///< a clause for people
};

/// Traces from this host, and returns when that is done. Looks up the name first. SIGINT and
/// SIGTERM meanwhile end the trace with what is known (model::StopReason::Interrupted). Findings
/// are in the trace; model::hops() makes rows of it.
[[nodiscard]] std::expected<model::Trace, Failure> trace(Request request);

/// The same through a simulated network: needs neither rights nor a network, takes no real time,
/// and gives the same trace every time. `host` empty: the target the scenario names, with its port.
[[nodiscard]] std::expected<model::Trace, Failure> trace_in(
    const sim::Scenario& network, Request request = {});
/// One of the networks that come with the library (sim::named_scenario()), such as "home".
[[nodiscard]] std::expected<model::Trace, Failure> trace_in(
    std::string_view network, Request request = {});

}  // namespace synroute::api
