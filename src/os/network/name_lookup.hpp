// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace synroute::os {

enum class LookupError : std::uint8_t {
  NotFound,           ///< no such name
  NoAddressOfFamily,  ///< the name exists, but has no address of the wanted family
  Temporary,          ///< the name servers did not answer; trying again may help
  System,
};

struct LookupFailure {
  LookupError kind = LookupError::NotFound;
  std::string text;  ///< the system's words
};

/// All addresses of a host name or address text ("fe80::1%eth0" too), best first as RFC 6724 orders
/// them. Waits for the name servers.
[[nodiscard]] std::expected<std::vector<IpAddress>, LookupFailure> look_up(
    const std::string& name, std::optional<Family> wanted);

/// The TCP port of a service name in /etc/services.
[[nodiscard]] std::optional<Port> service_port(const std::string& name);
/// The canonical TCP service name of a port in /etc/services; empty when it has none.
[[nodiscard]] std::string service_name(Port port);

/// Every port that has a canonical TCP service name in /etc/services.
[[nodiscard]] std::map<Port, std::string> service_names();

}  // namespace synroute::os
