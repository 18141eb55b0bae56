// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/network/world.hpp"
#include "sim/stack/ip_stack.hpp"
#include "sim/stack/routes.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::sim {

/// A host that answers and does not forward.
class Host final : public Node {
 public:
  Host(const HostSettings& settings, std::vector<IpAddress> addresses, std::uint64_t seed);
  void set_routes(RouteTable routes) { routes_ = std::move(routes); }

  void receive(World& world, Packet packet, std::uint32_t interface) override;
  void expire(World& world, std::uint64_t timer) override;

 private:
  void send_all(World& world, std::vector<Packet>& packets, Duration delay);
  void set_timer(World& world);

  bool is_down_;
  Duration answer_delay_;
  std::vector<IpAddress> addresses_;
  IpStack stack_;
  RouteTable routes_;
  Balancer balancer_;
  std::optional<Instant> timer_;
};

/// The prober's host: delivers packets addressed to it. With a kernel it also answers TCP segments
/// that no socket expects with a RST (RFC 9293 §3.10.7.1), which clears the half-open connection at
/// the target one round trip later.
class ProberHost final : public Node {
 public:
  ProberHost(std::vector<IpAddress> addresses, bool with_kernel)
      : addresses_{std::move(addresses)}, with_kernel_{with_kernel} {}

  void receive(World& world, Packet packet, std::uint32_t interface) override;

 private:
  std::vector<IpAddress> addresses_;
  bool with_kernel_;
};

}  // namespace synroute::sim
