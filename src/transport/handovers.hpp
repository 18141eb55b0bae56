// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "model/refusal.hpp"
#include "os/network/route.hpp"
#include "os/network/socket_options.hpp"
#include "wire/datagram.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>

namespace synroute::transport {

/// To whom a raw socket hands a probe, so that it leaves as a connection with its ports would.
struct Handover {
  enum class Kind : std::uint8_t {
    Routed,   ///< the raw socket's own look-up finds the same way
    Gateway,  ///< addressed to the gateway on the interface; the header keeps the target
    Link,     ///< to the target itself, which is on the link of the interface (IPv4)
    Refused,  ///< not sent: there is no route, or none that raw packets can take
  };
  Kind kind = Kind::Routed;
  std::uint32_t interface = 0;
  std::optional<IpAddress> gateway;
  model::Refusal refusal{};
  friend bool operator==(const Handover&, const Handover&) = default;
};

/// The routes of our connections. A raw socket asks the routing tables without ports, and as
/// another protocol than TCP: rules that look at them, and routes that share their load among next
/// hops, would lead probes another way than connections.
class Handovers {
 public:
  struct Options {
    IpAddress source;
    std::optional<std::uint32_t> interface;  ///< the user's choice
    std::uint32_t mark = 0;
  };
  explicit Handovers(const Options& options) : options_{options} {}

  /// Asks the kernel once per target, and once per connection where that matters.
  [[nodiscard]] Handover of(const wire::Datagram& probe);

 private:
  struct Connection {
    IpAddress target;
    Port source_port;
    Port target_port;
    std::uint8_t tos = 0;
    friend auto operator<=>(const Connection&, const Connection&) = default;
  };

  [[nodiscard]] bool matters_for(const IpAddress& target);
  [[nodiscard]] Handover find(const Connection& connection) const;
  [[nodiscard]] Handover through(const os::Route& route) const;
  [[nodiscard]] os::RouteRequest request_for(const IpAddress& target) const;

  Options options_;
  std::map<IpAddress, bool> matters_;
  std::map<Connection, Handover> known_;
};

}  // namespace synroute::transport
