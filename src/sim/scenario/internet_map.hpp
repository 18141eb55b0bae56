// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::sim {

/// The prefixes of a procedural internet and its random seed.
struct InternetSettings {
  std::vector<Prefix> prefixes;
  std::uint64_t seed = 1;
};

/// One router of a procedural internet.
struct CloudRouter {
  IpAddress address;
  bool silent = false;
  bool limited = false;  ///< as Linux limits
  std::uint8_t initial_ttl = 255;
};

/// One hop of the path to a destination: one router, or several that share the load by flow.
struct CloudStage {
  std::uint32_t id = 0;  ///< 24 bits with the lowest 4 free: the members count them up
  std::uint32_t width = 1;
  Duration delay{};  ///< one way, from the previous stage

  [[nodiscard]] std::uint32_t member(std::uint64_t flow) const {
    return id + static_cast<std::uint32_t>(flow % width);
  }
};

/// The path to one destination, and the state of the destination.
struct CloudPath {
  static constexpr std::size_t kStagesMax = 24;
  std::array<CloudStage, kStagesMax> stages;
  std::size_t length = 0;       ///< routers
  Duration last_delay{};        ///< from the last router to the host
  int detour = 0;               ///< additional routers on the return path …
  std::size_t detour_from = 0;  ///< … of this router and later ones
  bool routed = true;           ///< else the last router answers: host unreachable
  bool alive = true;            ///< else the destination does not answer

  [[nodiscard]] std::span<const CloudStage> routers() const {
    return std::span{stages}.first(length);
  }
  /// Routers on the return path from the router number `stage`, or from the host if it is `length`.
  [[nodiscard]] std::size_t return_hops(std::size_t stage) const {
    return stage + (stage >= detour_from ? static_cast<std::size_t>(detour) : 0);
  }
  /// One-way delay to the router number `stage`, from 0.
  [[nodiscard]] Duration delay_to(std::size_t stage) const;
};

enum class CloudPort : std::uint8_t { Open, Closed, Filtered };
enum class CloudDraw : std::uint8_t;
enum class CloudLevel : std::uint8_t;

/// A map of 2^24 destinations that takes no memory: every value is computed from the seed.
/// Destinations of one /24 share their last routers, those of one network the routers before, those
/// of one region the core, and all of them the access. Diamonds, silent and limited routers are
/// everywhere.
class InternetMap {
 public:
  explicit InternetMap(InternetSettings settings) : settings_{std::move(settings)} {}

  [[nodiscard]] bool contains(const IpAddress& destination) const;
  [[nodiscard]] CloudPath path(const IpAddress& destination) const;
  [[nodiscard]] CloudRouter router(std::uint32_t id, Family family) const;
  /// What an existing host does with a SYN.
  [[nodiscard]] CloudPort port(const IpAddress& destination, std::uint16_t port) const;
  /// The lowest destination of the first prefix of `family` that is alive with this port open.
  [[nodiscard]] std::optional<IpAddress> find_open(Family family, std::uint16_t port) const;

 private:
  [[nodiscard]] std::uint64_t draw(CloudDraw what, std::uint64_t number) const;
  void add_stages(CloudPath& path, CloudLevel level, std::uint32_t group, Duration longest) const;

  InternetSettings settings_;
};

}  // namespace synroute::sim
