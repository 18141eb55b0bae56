// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/run.hpp"

#include <string>

namespace synroute::cli {

/// For the forms whose output has no place for findings: a line for each target whose answers this
/// host drops, or nothing.
[[nodiscard]] std::string own_host_warning(const tracer::Outcome& outcome);

}  // namespace synroute::cli
