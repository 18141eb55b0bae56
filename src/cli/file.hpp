// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/value.hpp"

#include <cstddef>
#include <string>

namespace synroute::cli {

/// The whole of a small file, or a clause that names it and says what is wrong. Reads no more than
/// one byte above the limit, so that an endless one ends.
[[nodiscard]] Read<std::string> read_file(const std::string& path, std::size_t size_limit);

}  // namespace synroute::cli
