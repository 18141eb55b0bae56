// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::lab {

using MacAddress = std::array<std::uint8_t, 6>;
/// The addresses of the prober's device and of the gateway at the other end of its link.
constexpr MacAddress kOwnMac{0x02, 0, 0, 0, 0, 0x01};
constexpr MacAddress kGatewayMac{0x02, 0, 0, 0, 0, 0x02};

enum class EtherType : std::uint16_t { Ipv4 = 0x0800, Arp = 0x0806, Ipv6 = 0x86dd };
constexpr std::size_t kEthernetHeaderSize = 14;

/// The header of a frame from the gateway to the prober.
[[nodiscard]] std::array<std::uint8_t, kEthernetHeaderSize> header_from_gateway(EtherType type);

/// The gateway's answer to an ARP request (RFC 826) or a neighbour solicitation (RFC 4861): it
/// answers for every address. Nothing for other frames.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> neighbour_answer(
    std::span<const std::uint8_t> frame);

}  // namespace synroute::lab
