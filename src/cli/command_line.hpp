// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace synroute::cli {

/// The arguments after the program's name.
using Words = std::span<const std::string_view>;

}  // namespace synroute::cli
