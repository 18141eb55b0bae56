// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/compose.hpp"
#include "cli/request.hpp"

namespace synroute::cli {

/// Who shows the traces of the native command line: text or JSON, and the packets with -d. Looks at
/// the terminal and the environment once.
[[nodiscard]] PresenterFactory native_presenters(const Request& request);

}  // namespace synroute::cli
