// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"

#include <span>
#include <string>

namespace synroute::model {

/// "22, 80, 8000-8100": ascending ports, runs of three and more drawn together.
[[nodiscard]] std::string port_list(std::span<const Port> ports);

}  // namespace synroute::model
