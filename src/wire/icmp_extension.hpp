// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/icmp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::wire {

/// "Original datagram" of a message with an extension has at least this many bytes (RFC 4884 §5).
constexpr std::size_t kExtensionOffsetMin = 128;
/// Objects read from one message; a real one has a handful.
constexpr std::size_t kExtensionObjectsMax = 32;
/// Label stack entries read from one message.
constexpr std::size_t kMplsLabelsMax = 64;

/// Reads an extension structure (RFC 4884 §7): header of version 2 with a right checksum, then
/// objects. Nothing when the header is not that. Objects end at one whose length is impossible;
/// what came before it counts. Known are MPLS label stacks (RFC 4950) and interface information
/// (RFC 5837); everything else is kept as it came. Two interface objects of one role cancel each
/// other (RFC 5837).
[[nodiscard]] std::optional<Extensions> read_extensions(std::span<const std::uint8_t> structure);

/// An extension structure found in an ICMP error.
struct LocatedExtensions {
  std::size_t offset = 0;  ///< where it begins in the payload; the quoted packet ends here
  Extensions extensions;
};

/// Looks where the message's length field points, at byte 128 when it points before that (routers
/// that count wrongly) or is zero (routers older than RFC 4884; then only with a non-zero
/// checksum). `rest` and `payload` as in IcmpMessage. Nothing for messages that cannot carry an
/// extension.
[[nodiscard]] std::optional<LocatedExtensions> find_extensions(
    Family family, std::uint8_t type, std::uint32_t rest, std::span<const std::uint8_t> payload);

/// Destination unreachable, time exceeded and, in IPv4, parameter problem (RFC 4884 §4).
[[nodiscard]] bool may_carry_extensions(Family family, std::uint8_t type);
/// The RFC 4884 length field placed where the rest of an ICMP header has it. `size` is that of the
/// padded quote: a multiple of 4 (IPv4) or 8 (IPv6).
[[nodiscard]] std::uint32_t length_field(Family family, std::uint8_t words);
[[nodiscard]] std::size_t length_unit(Family family);

/// The structure with its checksum: one label stack, then interfaces, then unknown objects. Nothing
/// when there is nothing to say.
[[nodiscard]] std::vector<std::uint8_t> encode(const Extensions& extensions);

}  // namespace synroute::wire
