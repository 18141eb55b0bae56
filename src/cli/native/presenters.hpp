// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/native/request.hpp"
#include "tracer/run.hpp"

namespace synroute::cli {

/// Presenters of a native trace: text or JSON, and the packets with -d. The terminal and the
/// environment are looked at once, now.
[[nodiscard]] tracer::PresenterMaker native_presenters(const Request& request);

}  // namespace synroute::cli
