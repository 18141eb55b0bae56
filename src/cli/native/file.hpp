// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/value.hpp"

#include <cstddef>
#include <string>

namespace synroute::cli {

/// The content of a file, cut one byte above the limit: reading an endless file ends, and the
/// caller sees that there is more. An error is a clause that names the file.
[[nodiscard]] Read<std::string> read_start(const std::string& path, std::size_t size_limit);

}  // namespace synroute::cli
