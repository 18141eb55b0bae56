// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "sim/network/resolver.hpp"
#include "sim/network/sim_transport.hpp"
#include "sim/network/world.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace synroute::sim {

/// The MTU of the prober's link (it has at most one); that of any link when it has none.
[[nodiscard]] std::size_t prober_mtu(const Scenario& scenario);

/// How the prober of a scenario reaches one address.
struct Reach {
  IpAddress target;
  IpAddress source;
  std::size_t mtu = 0;  ///< of the prober's link
};

/// To the first of these addresses that has the wanted family, and for which the prober has an
/// address.
[[nodiscard]] std::optional<Reach> reach(
    const Scenario& scenario, std::span<const IpAddress> addresses, std::optional<Family> wanted);

/// A scenario's network in motion, seen from its prober: all of a world that a trace stands on.
class Vantage {
 public:
  /// `seed`: instead of the scenario's.
  explicit Vantage(const Scenario& scenario, std::optional<std::uint64_t> seed = std::nullopt);

  /// Source ports for traces, counted from 0: nobody else uses any, so they need not come from a
  /// kernel.
  [[nodiscard]] static Port source_port(std::size_t index);

  [[nodiscard]] SimTransport& transport() { return transport_; }
  [[nodiscard]] VirtualWaiter& waiter() { return waiter_; }
  [[nodiscard]] ScenarioResolver& resolver() { return resolver_; }

 private:
  std::unique_ptr<World> world_;
  SimTransport transport_{*world_};
  VirtualWaiter waiter_{*world_};
  ScenarioResolver resolver_;
};

}  // namespace synroute::sim
