// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"

#include <span>
#include <string>

namespace synroute::model {

/// "22, 80, 8000-8100": ascending ports, three or more consecutive ones as a range.
[[nodiscard]] std::string port_list(std::span<const Port> ports);

}  // namespace synroute::model
