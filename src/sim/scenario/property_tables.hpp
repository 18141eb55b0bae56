// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/words.hpp"
#include "sim/settings.hpp"

#include <string_view>
#include <vector>

/// The tables of properties, one per thing that has them. Each says whether the key is in its
/// table; the value has been read then.
namespace synroute::sim {

[[nodiscard]] bool read_error_property(std::string_view key, Words& words, ErrorStyle& error);
[[nodiscard]] bool read_router_property(std::string_view key, Words& words, RouterSettings& router);
/// What a router does to packets that pass: the boxes work in the order written.
[[nodiscard]] bool read_box_property(
    std::string_view key, Words& words, std::vector<BoxSettings>& boxes);
[[nodiscard]] bool read_host_property(std::string_view key, Words& words, HostSettings& host);
[[nodiscard]] bool read_link_property(std::string_view key, Words& words, LinkSettings& link);

// What stands in several tables.
[[nodiscard]] IcmpLimit read_limit(Words& words);
[[nodiscard]] Reject read_reject(Words& words);

}  // namespace synroute::sim
