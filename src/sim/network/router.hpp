// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/boxes/box_spec.hpp"
#include "sim/network/world.hpp"
#include "sim/stack/icmp_error.hpp"
#include "sim/stack/ip_stack.hpp"
#include "sim/stack/mpls.hpp"
#include "sim/stack/routes.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace synroute::sim {

/// The addresses of one end of a link, and the side it is on.
struct InterfaceSettings {
  std::optional<IpAddress> v4;
  std::optional<IpAddress> v6;
  bool inside = false;          ///< its link leads towards the prober
  bool neighbour_down = false;  ///< a host that does not answer ARP is at the other end
  [[nodiscard]] const std::optional<IpAddress>& address(Family family) const {
    return family == Family::V4 ? v4 : v6;
  }
};

/// Forwards packets, reports those it cannot forward, and contains middleboxes.
class Router final : public Node {
 public:
  Router(RouterSettings settings, std::vector<IpAddress> addresses, std::uint64_t seed);

  // Called once the whole network is known, before the first packet.
  void set_routes(RouteTable routes) { routes_ = std::move(routes); }
  void set_interfaces(std::vector<InterfaceSettings> interfaces);
  void set_labels(LabelTable labels) { labels_ = std::move(labels); }

  void receive(World& world, Packet packet, std::uint32_t interface) override;
  void expire(World& world, std::uint64_t timer) override;

 private:
  enum class Hook : std::uint8_t { Enter, Forward, Leave };
  [[nodiscard]] BoxAction pass_boxes(World& world, Hook hook, Packet& packet, BoxContext context);
  /// A packet with an MPLS label: swapped, popped or expired.
  void switch_label(World& world, Packet packet, std::uint32_t interface);
  /// A packet without a label, or with one that ends here.
  void arrive(World& world, Packet packet, std::uint32_t interface);
  void forward(World& world, Packet packet, std::uint32_t interface);
  /// Sends a packet that passed all checks, fragmented if it exceeds the link's MTU.
  void send_out(World& world, Packet packet, std::uint32_t out, Duration delay = {});
  /// Keeps a packet for a neighbour that does not answer.
  void hold(World& world, Packet packet, std::uint32_t interface, std::uint32_t out);
  /// Reports all packets kept for the neighbour there.
  void give_up_neighbour(World& world, std::uint32_t out);
  /// Sends an ICMP error about a packet received on `interface`, unless settings or limits forbid
  /// it.
  void report(World& world, const Packet& about, ErrorMeaning meaning, std::uint32_t interface);
  /// Sends a packet of its own after `delay`.
  void originate(World& world, Packet packet, Duration delay = {});
  void originate_all(World& world, std::vector<Packet>& packets);
  void set_timers(World& world);

  [[nodiscard]] bool is_own(const IpAddress& address) const;
  [[nodiscard]] std::optional<IpAddress> own_address(Family family) const;
  [[nodiscard]] std::optional<IpAddress> reply_source(
      const Packet& about, std::uint32_t interface) const;
  [[nodiscard]] wire::Extensions extensions(
      const World& world, const Packet& about, std::uint32_t interface) const;
  [[nodiscard]] Duration report_delay(World& world) const;

  RouterSettings settings_;
  std::vector<IpAddress> addresses_;
  std::vector<InterfaceSettings> interfaces_;
  RouteTable routes_;
  LabelTable labels_;
  Balancer balancer_;
  std::vector<std::unique_ptr<Middlebox>> boxes_;
  IpStack stack_;
  IcmpLimiter limiter_;
  struct Held {
    Packet packet;
    std::uint32_t interface = 0;  ///< it came in there
    std::uint32_t out = 0;
  };
  std::vector<Held> held_;  ///< by arrival
  std::optional<Instant> timer_;
  std::uint16_t next_id_;
};

}  // namespace synroute::sim
