// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/network/world.hpp"
#include "sim/scenario/internet_map.hpp"
#include "sim/stack/icmp_error.hpp"
#include "sim/stack/tcp_stack.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace synroute::sim {

/// A whole internet as one node: the path of a received packet is looked up on the map in one step,
/// and the reply is sent after the round-trip time.
class Internet final : public Node {
 public:
  explicit Internet(const InternetSettings& settings);

  void receive(World& world, Packet packet, std::uint32_t interface) override;
  void expire(World& world, std::uint64_t timer) override;

 private:
  void report(
      World& world,
      const Packet& packet,
      std::uint32_t interface,
      const CloudPath& path,
      std::size_t stage,
      ErrorMeaning meaning);
  void reach_host(
      World& world, const Packet& packet, std::uint32_t interface, const CloudPath& path);
  void send_segments(
      World& world, std::vector<Packet>& segments, std::uint32_t interface, Duration ahead);
  [[nodiscard]] bool may_report_now(std::uint32_t router, Instant now, const IpAddress& prober);
  void set_timer(World& world);

  static constexpr std::size_t kLimiterLimit = 1U << 18;

  InternetMap map_;
  std::uint64_t seed_;
  TcpStack open_;
  TcpStack closed_;
  std::unordered_map<std::uint32_t, IcmpLimiter> limiters_;  ///< of limited routers, by id
  std::optional<Instant> timer_;
  std::uint16_t next_id_ = 1;
};

}  // namespace synroute::sim
