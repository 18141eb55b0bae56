// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace synroute::model {

/// Why this host did not send a probe. Never network loss.
enum class Refusal : std::uint8_t {
  NotPermitted,   ///< EPERM, EACCES: local firewall or missing right
  NoBuffers,      ///< ENOBUFS, ENOMEM, EAGAIN
  TooLong,        ///< EMSGSIZE
  NoRoute,        ///< ENETUNREACH, EHOSTUNREACH
  InterfaceDown,  ///< ENETDOWN, ENODEV, ENXIO
  AddressGone,    ///< EADDRNOTAVAIL, EINVAL after the source address was removed
  Other,
};

/// "not permitted", "no buffer space", …
[[nodiscard]] std::string_view describe(Refusal refusal);

/// With the likely cause or where to look, where there is one: "not permitted (local firewall?)".
[[nodiscard]] std::string explain(Refusal refusal);

}  // namespace synroute::model
