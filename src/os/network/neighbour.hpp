// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace synroute::os {

/// A machine on a link of this host, as packet sockets address it.
struct Neighbour {
  std::uint32_t interface = 0;
  std::array<std::uint8_t, 8> link_address{};  ///< what a sockaddr_ll has room for
  std::size_t link_address_size = 0;           ///< 0 on links without addresses (tunnels, PPP)
};

/// Who has this address on that link, as ARP or neighbour discovery found out; a datagram to the
/// discard port makes the kernel ask when it does not know. Nothing when nobody answers in time.
/// Throws SystemError when the kernel cannot be asked.
[[nodiscard]] std::optional<Neighbour> find_neighbour(
    const IpAddress& address, std::uint32_t interface, Duration patience);

/// Whether the kernel knows the link address of a next hop.
enum class NeighbourState : std::uint8_t {
  Known,   ///< or the link needs none
  Asking,  ///< INCOMPLETE: packets for it wait
  Failed,  ///< it has given up asking
  Absent,  ///< no entry: nothing has been sent to it
};
/// Of an address on the interface of this name; Known when there is no such interface.
[[nodiscard]] NeighbourState neighbour_state(
    const IpAddress& address, const std::string& interface);

/// A next hop that the kernel asks for.
struct AskedNeighbour {
  IpAddress address;
  std::string interface;
};
/// The one that the kernel has been asking for since `since`, give or take 30 ms; nothing when
/// there is none, or several.
[[nodiscard]] std::optional<AskedNeighbour> neighbour_asked_since(Family family, Instant since);

}  // namespace synroute::os
