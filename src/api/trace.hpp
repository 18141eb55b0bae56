// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/request.hpp"
#include "model/hop.hpp"
#include "model/trace.hpp"
#include "tracer/startup_error.hpp"

#include <expected>
#include <string_view>

namespace synroute::sim {
struct Scenario;
}  // namespace synroute::sim

/// One trace in one call. Programs that need more use tracer::run(): several targets, port scans,
/// captures; or drive::Session, with a transport or a clock of their own.
namespace synroute::api {

using tracer::StartupError;
using tracer::StartupErrorKind;

/// Traces from this host, and returns when that is done. Looks up the name first. SIGINT and
/// SIGTERM meanwhile end the trace with what is known (model::StopReason::Interrupted). Findings
/// are in the trace; model::hops() makes rows of it. Fails when the trace cannot start.
[[nodiscard]] std::expected<model::Trace, StartupError> trace(Request request);

/// The same through a simulated network: needs neither permissions nor a network, takes no real
/// time, and gives the same trace every time. `host` empty: the target the scenario names, with its
/// port.
[[nodiscard]] std::expected<model::Trace, StartupError> trace_in(
    const sim::Scenario& network, Request request = {});
/// One of the networks that come with the library (sim::named_scenario()), such as "home".
[[nodiscard]] std::expected<model::Trace, StartupError> trace_in(
    std::string_view network, Request request = {});

}  // namespace synroute::api
