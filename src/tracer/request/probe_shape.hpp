// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/settings.hpp"
#include "tracer/request/trace_request.hpp"

#include <expected>
#include <string>

namespace synroute::tracer {

/// The headers and payload of probes on this route. Fails, with a clause for people, when the
/// requested length does not hold the headers or exceeds the MTU.
[[nodiscard]] std::expected<engine::ProbeShape, std::string> probe_shape(
    const ProbeOptions& options, const TargetRoute& route);

/// SYN unless the options say otherwise.
[[nodiscard]] wire::TcpFlags flags_of(const ProbeOptions& options);

}  // namespace synroute::tracer
