// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/value.hpp"

#include <cstddef>
#include <string>

namespace synroute::cli {

/// The whole of a small file, or a clause that names it and says what is wrong. Of a larger one the
/// start, one byte above the limit: an endless one ends, and who reads it sees that there is more.
[[nodiscard]] Read<std::string> read_start(const std::string& path, std::size_t size_limit);
/// The same for standard input.
[[nodiscard]] Read<std::string> read_start_of_input(std::size_t size_limit);

}  // namespace synroute::cli
