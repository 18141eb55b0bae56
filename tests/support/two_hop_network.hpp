// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "os/fd.hpp"
#include "support/network_namespace.hpp"

#include <vector>

namespace synroute::test {

/// The smallest network with a router in it: home, router, target, in three namespaces, both
/// families.
class TwoHopNetwork {
 public:
  static constexpr Port kOpen{80};
  static constexpr Port kClosed{81};
  static constexpr Port kSilent{82};  ///< dropped by the target's firewall

  TwoHopNetwork();

  [[nodiscard]] const NetworkNamespace& home() const { return home_; }
  [[nodiscard]] const NetworkNamespace& router() const { return router_; }
  [[nodiscard]] const NetworkNamespace& target() const { return target_; }

  [[nodiscard]] static IpAddress source_address(Family family);
  [[nodiscard]] static IpAddress router_address(Family family);
  [[nodiscard]] static IpAddress target_address(Family family);

 private:
  NetworkNamespace home_;
  NetworkNamespace router_;
  NetworkNamespace target_;
  std::vector<os::Fd> listeners_;
};

/// A listening TCP socket in the namespace of the calling thread.
[[nodiscard]] os::Fd listen_on(const IpAddress& address, Port port);

}  // namespace synroute::test
