// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/icmp.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace synroute::wire {

/// Reads the packet an ICMP error quotes. Forgives what dissect() does not: a cut transport header,
/// cut options, a total length that routers and hosts have swapped or shortened. Nothing when the
/// fixed IP header is not whole or is not one of `family`.
[[nodiscard]] std::optional<Quote> read_quote(Family family, std::span<const std::uint8_t> bytes);

/// Sets `quote` and `extensions` from type, rest and payload; clears them in messages that quote
/// nothing.
void interpret(Family family, IcmpMessage& message);

/// True for the errors, which quote the packet that caused them.
[[nodiscard]] bool quotes_a_packet(IcmpKind kind);

}  // namespace synroute::wire
