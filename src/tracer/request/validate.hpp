// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/request/trace_request.hpp"
#include "tracer/startup_error.hpp"

#include <expected>
#include <optional>

namespace synroute::tracer {

/// Finds options that contradict each other, or a target of another family than requested.
[[nodiscard]] std::expected<void, StartupError> validate(const TraceRequest& request);

/// The requested family, stated outright or implied by the source address.
[[nodiscard]] std::optional<Family> wanted_family(const TraceRequest& request);

}  // namespace synroute::tracer
