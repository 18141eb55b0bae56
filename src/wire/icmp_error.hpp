// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/icmp.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace synroute::wire {

/// How to build an ICMP error: as the RFCs say, or wrongly in the ways seen in the wild.
struct IcmpErrorSpec {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t mtu = 0;  ///< written into 3/4 (low 16 bits) and type 2; ignored elsewhere
  /// The offending packet as it stood at the reporter: TTL already decremented, or not.
  std::span<const std::uint8_t> offending;
  /// Bytes quoted behind its IP header at most; 8 is what RFC 792 promises. In any case the message
  /// stays within 576 bytes (RFC 1812 §4.3.2.3) or 1280 (RFC 4443 §2.4), IP header included.
  std::size_t transport_bytes_max = std::numeric_limits<std::size_t>::max();
  /// Made by encode(Extensions), or anything. With an extension the quote is cut or zero-padded to
  /// 128 bytes (RFC 4884 §5). Left out of messages that cannot carry one.
  std::span<const std::uint8_t> extension;
  /// Instead of the right RFC 4884 length: 0 as before that RFC, 17 or 10 as some routers count.
  std::optional<std::uint8_t> length_words;
};

/// The message as a receiver would read it: checksum Good, quote and extensions set.
[[nodiscard]] IcmpMessage make_icmp_error(Family family, const IcmpErrorSpec& spec);

}  // namespace synroute::wire
