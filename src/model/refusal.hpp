// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace synroute::model {

/// Why this host did not send a probe. Never counted as network loss.
enum class Refusal : std::uint8_t {
  NotPermitted,   ///< EPERM: local firewall or missing privilege
  Prohibited,     ///< EACCES: a prohibit route, or a security module
  NoBuffers,      ///< ENOBUFS, ENOMEM, EAGAIN
  TooLong,        ///< EMSGSIZE
  NoRoute,        ///< ENETUNREACH, EHOSTUNREACH
  InterfaceDown,  ///< ENETDOWN, ENODEV, ENXIO
  AddressGone,    ///< EADDRNOTAVAIL, EINVAL after the source address was removed
  NoPorts,        ///< EADDRNOTAVAIL although the source address is there
  Blackhole,      ///< EINVAL by a blackhole route
  NoNeighbour,    ///< the next hop answers neither ARP nor neighbour discovery
  NoCarrier,      ///< nothing is connected to the interface
  LocalReject,    ///< a firewall rule of this host answered with a reset in the target's place
  RawCannot,      ///< connections take a route that raw packets cannot take
  NoDescriptors,  ///< EMFILE, ENFILE
  Other,
};

/// Nothing can leave by this link: the network's state, where other refusals are this host's own.
[[nodiscard]] constexpr bool is_of_link(Refusal refusal) {
  return refusal == Refusal::NoNeighbour || refusal == Refusal::NoCarrier;
}

/// "not permitted", "no buffer space", …: also the `refusal` of the JSON output.
[[nodiscard]] std::string_view describe(Refusal refusal);
/// The same followed by a likely cause where there is one: "not permitted (local firewall or IPsec policy?)".
[[nodiscard]] std::string explain(Refusal refusal);
/// "did not send 2 probes: no buffer space (interface queue full?)".
[[nodiscard]] std::string not_sent_text(Refusal refusal, std::size_t probes);

}  // namespace synroute::model
