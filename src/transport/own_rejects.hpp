// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "os/network/socket_options.hpp"

#include <map>
#include <optional>
#include <utility>

namespace synroute::transport {

/// Connections that a rule of this host's own firewall resets in the target's place. A program
/// without rights sees the same refusal in both cases; but a SYN that a rule answered was never
/// counted as sent.
class OwnRejects {
 public:
  explicit OwnRejects(os::Egress egress) : egress_{std::move(egress)} {}

  /// Tries to connect, for at most 50 ms, until it is clear who refuses: once, and up to five times
  /// while other programs send. Asks once for each target and port.
  /// Source port 0: the kernel chooses.
  [[nodiscard]] bool refuse(
      const IpAddress& source, Port source_port, const IpAddress& target, Port port);

  /// A rule says at once, again, that the host is unreachable. Address resolution that has failed
  /// starts anew, and takes three seconds again.
  [[nodiscard]] bool call_unreachable(const IpAddress& source, const IpAddress& target, Port port);

 private:
  using Endpoint = std::pair<IpAddress, Port>;
  [[nodiscard]] bool find_out(const Endpoint& source, const IpAddress& target, Port port) const;

  os::Egress egress_;
  std::map<Endpoint, bool> known_;
  std::map<Endpoint, bool> unreachable_;
};

}  // namespace synroute::transport
