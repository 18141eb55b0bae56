// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace synroute::model {

enum class PortState : std::uint8_t { Open, Closed, Filtered, Rejected, Unreachable };
/// "open", "closed", "filtered", "rejected", "unreachable".
[[nodiscard]] std::string_view name(PortState state);

}  // namespace synroute::model
