// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"

namespace synroute::model {

/// The addresses and ports of a TCP connection, as its first packet carries them.
struct ConnectionTuple {
  IpAddress source;
  Port source_port;
  IpAddress destination;
  Port destination_port;
  friend bool operator==(const ConnectionTuple&, const ConnectionTuple&) = default;
  friend auto operator<=>(const ConnectionTuple&, const ConnectionTuple&) = default;
};

/// What NAT rules of this host itself do to a connection.
struct OwnTranslation {
  ConnectionTuple before;  ///< as TCP sends it
  ConnectionTuple after;   ///< as it leaves the host
  [[nodiscard]] bool changes_destination() const {
    return before.destination != after.destination
           || before.destination_port != after.destination_port;
  }
  friend bool operator==(const OwnTranslation&, const OwnTranslation&) = default;
};

}  // namespace synroute::model
