// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/pcap_records.hpp"

#include <cstdint>
#include <expected>
#include <span>

namespace synroute::wire {

/// The first four bytes of a pcapng file, the same in either byte order.
inline constexpr std::uint32_t kPcapngSection = 0x0a0d0d0a;

/// Reads the packets of a pcapng file (draft-ietf-opsawg-pcapng): sections of either byte order,
/// interfaces with the time resolution and offset they state, enhanced and simple packet blocks.
/// Other blocks are passed over. A simple packet block has no time: `at` is 1970-01-01.
[[nodiscard]] std::expected<PcapFile, PcapError> read_pcapng(std::span<const std::uint8_t> file);

}  // namespace synroute::wire
