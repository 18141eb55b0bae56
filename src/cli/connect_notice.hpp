// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace synroute::cli {

/// What a trace of an ancestor's form by connect() cannot show, and how to permit raw packets: one
/// line.
[[nodiscard]] std::string connect_notice();

}  // namespace synroute::cli
