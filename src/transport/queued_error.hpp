// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "wire/icmp.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace synroute::transport {

/// An ICMP error about a TCP socket as the error queue holds it: without the quoted IP header.
struct QueuedError {
  IpAddress source;  ///< of the packet it is about
  IpAddress target;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;  ///< header bytes 4–7 as far as the kernel keeps them
  /// Where the kernel found an extension (RFC 4884), counted from the TCP header; 0: it did not.
  std::size_t extension_offset = 0;
  std::span<const std::uint8_t> segment;  ///< what was quoted, from the TCP header to the end
};

/// The message as it would be read from a packet, except for the quoted IP header.
[[nodiscard]] wire::IcmpMessage icmp_message(const QueuedError& error);

}  // namespace synroute::transport
