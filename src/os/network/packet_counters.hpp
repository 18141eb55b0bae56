// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace synroute::os {

/// Counters of this network namespace, which everybody may read; nothing where the kernel has none.
/// Each reading takes about 50 µs.

/// Bytes of all IP packets of a family that the rules for outgoing packets let pass.
[[nodiscard]] std::optional<std::uint64_t> octets_sent(Family family);
/// IPv4 packets that the reverse-path filter (rp_filter) dropped.
[[nodiscard]] std::optional<std::uint64_t> reverse_path_drops();

/// Packets, of all programs, that the queue of this interface (qdisc) had no room for.
[[nodiscard]] std::optional<std::uint64_t> queue_drops(std::uint32_t interface);

/// The value of a counter in the form of /proc/net/netstat: a line of names and one of values, each
/// behind the name of the group.
[[nodiscard]] std::optional<std::uint64_t> find_counter(
    std::string_view text, std::string_view group, std::string_view name);

}  // namespace synroute::os
