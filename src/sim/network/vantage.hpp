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

/// For the first of these addresses that has the wanted family and for whose family the prober has
/// an address; nothing when there is none.
[[nodiscard]] std::optional<Reach> reach(
    const Scenario& scenario, std::span<const IpAddress> addresses, std::optional<Family> wanted);

/// A running world and the prober's access to it: transport, clock and resolver for a trace.
class Vantage {
 public:
  /// `seed`: instead of the scenario's.
  explicit Vantage(const Scenario& scenario, std::optional<std::uint64_t> seed = std::nullopt);

  /// The source port for the trace number `index`, from 0. No other program shares the prober, so
  /// ports need not be reserved.
  [[nodiscard]] static Port source_port(std::size_t index);

  [[nodiscard]] SimTransport& transport() { return transport_; }
  [[nodiscard]] VirtualWaiter& waiter() { return waiter_; }
  [[nodiscard]] ScenarioResolver& resolver() { return resolver_; }
  [[nodiscard]] const World& world() const { return *world_; }

 private:
  std::unique_ptr<World> world_;
  SimTransport transport_{*world_};
  VirtualWaiter waiter_{*world_};
  ScenarioResolver resolver_;
};

}  // namespace synroute::sim
