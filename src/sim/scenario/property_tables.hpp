// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/line_words.hpp"
#include "sim/settings.hpp"

#include <string_view>
#include <vector>

/// The property tables, one per kind of owner. Each function returns whether the key is in its
/// table; if so, its value has been read.
namespace synroute::sim {

[[nodiscard]] bool read_error_property(std::string_view key, LineWords& words, ErrorStyle& error);
[[nodiscard]] bool read_router_property(
    std::string_view key, LineWords& words, RouterSettings& router);
/// A middlebox: appended to the router's boxes.
[[nodiscard]] bool read_box_property(
    std::string_view key, LineWords& words, RouterSettings& router);
[[nodiscard]] bool read_host_property(std::string_view key, LineWords& words, HostSettings& host);
[[nodiscard]] bool read_link_property(std::string_view key, LineWords& words, LinkSettings& link);

/// The value of `limit`, which routers and hosts have.
[[nodiscard]] IcmpLimit read_limit(LineWords& words);

}  // namespace synroute::sim
