// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/internet_map.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace synroute::sim {

/// What a random number is drawn for: draws for different purposes are independent.
enum class CloudDraw : std::uint8_t {
  Network = 1,
  Region,
  Length,
  Width,
  Delay,
  Silent,
  Limited,
  Ttl,
  Detour,
  Routed,
  Alive,
  Character,
  Open,
};

/// Levels of the hierarchy, starting at the prober. Each has its own range of router ids.
enum class CloudLevel : std::uint8_t { Access, Core, Transit, Edge };

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kNetworks = 4096;
constexpr std::uint64_t kRegions = 32;

/// The lowest 24 bits: the number of a destination.
std::uint32_t index_of(const IpAddress& address) {
  const auto bytes = address.bytes().last<3>();
  return static_cast<std::uint32_t>(bytes[0] << 16 | bytes[1] << 8 | bytes[2]);
}

/// Ids are 24 bits: level, group and step leave the lowest 4 for the members of a diamond. Edges
/// need 16 bits for the group alone, so they own three quarters of the space.
std::uint32_t stage_id(CloudLevel level, std::uint32_t group, std::uint32_t step) {
  if (level == CloudLevel::Edge) {
    assert(step < 3);
    return (step + 1) << 22 | (group & 0xffff) << 6;
  }
  return static_cast<std::uint32_t>(level) << 20 | (group & 0xfff) << 8 | step << 4;
}

/// One stage in five is a diamond. `share`: a percentage drawn for it.
std::uint32_t width_of(std::uint64_t share) {
  if (share < 80) {
    return 1;
  }
  if (share < 92) {
    return 2;
  }
  return share < 97 ? 4 : 8;
}

}  // namespace

Duration CloudPath::delay_to(std::size_t stage) const {
  Duration sum{};
  for (std::size_t i = 0; i <= stage && i < length; ++i) {
    sum += stages[i].delay;
  }
  return stage < length ? sum : sum + last_delay;
}

std::uint64_t InternetMap::draw(CloudDraw what, std::uint64_t number) const {
  return mix(mix(settings_.seed ^ static_cast<std::uint64_t>(what) << 56) ^ number);
}

bool InternetMap::contains(const IpAddress& destination) const {
  return std::ranges::any_of(
      settings_.prefixes, [&](const Prefix& prefix) { return prefix.contains(destination); });
}

void InternetMap::add_stages(
    CloudPath& path, CloudLevel level, std::uint32_t group, Duration longest) const {
  constexpr std::array<std::uint64_t, 4> kLeast{2, 1, 1, 1};
  constexpr std::array<std::uint64_t, 4> kSpread{2, 5, 5, 3};
  const auto row = static_cast<std::size_t>(level);
  const std::uint64_t place = std::uint64_t{row} << 32 | group;
  const std::uint64_t count = kLeast[row] + (draw(CloudDraw::Length, place) % kSpread[row]);
  for (std::uint64_t step = 0; step < count && path.length < CloudPath::kStagesMax; ++step) {
    const std::uint64_t here = place << 4 | step;
    CloudStage& stage = path.stages[path.length++];
    stage.id = stage_id(level, group, static_cast<std::uint32_t>(step));
    stage.width = width_of(draw(CloudDraw::Width, here) % 100);
    const auto microseconds = static_cast<std::uint64_t>(longest / 1us);
    stage.delay = 50us + std::chrono::microseconds{draw(CloudDraw::Delay, here) % microseconds};
  }
}

CloudPath InternetMap::path(const IpAddress& destination) const {
  const std::uint32_t index = index_of(destination);
  const std::uint32_t block = index >> 8;
  const auto network = static_cast<std::uint32_t>(draw(CloudDraw::Network, block >> 3) % kNetworks);
  const auto region = static_cast<std::uint32_t>(draw(CloudDraw::Region, network) % kRegions);
  CloudPath path;
  add_stages(path, CloudLevel::Access, 0, 2ms);
  add_stages(path, CloudLevel::Core, region, 18ms);
  path.detour_from = path.length;
  add_stages(path, CloudLevel::Transit, network, 4ms);
  add_stages(path, CloudLevel::Edge, block, 1ms);
  path.last_delay = 100us + std::chrono::microseconds{draw(CloudDraw::Delay, index) % 900};
  path.detour = draw(CloudDraw::Detour, network) % 10 < 7
                    ? 0
                    : static_cast<int>(draw(CloudDraw::Detour, network) % 4) + 1;
  path.routed = draw(CloudDraw::Routed, block) % 100 >= 12;
  path.alive = path.routed && draw(CloudDraw::Alive, index) % 100 < 35;
  return path;
}

CloudRouter InternetMap::router(std::uint32_t id, Family family) const {
  CloudRouter router;
  router.silent = draw(CloudDraw::Silent, id) % 100 < 8;
  router.limited = draw(CloudDraw::Limited, id) % 100 < 10;
  router.initial_ttl = draw(CloudDraw::Ttl, id) % 100 < 70 ? 255 : 64;
  if (family == Family::V4) {
    router.address = IpAddress::v4(10U << 24 | id);
  } else {
    std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff};
    bytes[13] = static_cast<std::uint8_t>(id >> 16 & 0xff);
    bytes[14] = static_cast<std::uint8_t>(id >> 8 & 0xff);
    bytes[15] = static_cast<std::uint8_t>(id & 0xff);
    router.address = IpAddress::v6(bytes);
  }
  return router;
}

CloudPort InternetMap::port(const IpAddress& destination, std::uint16_t port) const {
  const std::uint32_t index = index_of(destination);
  const bool usual = port == 443 || port == 80;
  const std::uint64_t open = draw(CloudDraw::Open, std::uint64_t{index} << 16 | port) % 100;
  if (open < (usual ? 45U : 2U)) {
    return CloudPort::Open;
  }
  return draw(CloudDraw::Character, index) % 100 < 40 ? CloudPort::Filtered : CloudPort::Closed;
}

std::optional<IpAddress> InternetMap::find_open(Family family, std::uint16_t port) const {
  const auto prefix = std::ranges::find_if(
      settings_.prefixes, [&](const Prefix& one) { return one.address.family() == family; });
  if (prefix == settings_.prefixes.end()) {
    return std::nullopt;
  }
  for (std::uint32_t index = 0x10000; index < 0x20000; ++index) {
    const auto bytes = prefix->address.bytes();
    std::array<std::uint8_t, 16> copy{};
    std::ranges::copy(bytes, copy.begin());
    for (std::size_t i = 0; i < 3; ++i) {
      copy[bytes.size() - 1 - i] = static_cast<std::uint8_t>(index >> (8 * i) & 0xff);
    }
    const IpAddress candidate = family == Family::V6
                                    ? IpAddress::v6(copy)
                                    : IpAddress::v4(
                                          static_cast<std::uint32_t>(copy[0]) << 24
                                          | static_cast<std::uint32_t>(copy[1]) << 16
                                          | static_cast<std::uint32_t>(copy[2]) << 8 | copy[3]);
    if (prefix->contains(candidate) && path(candidate).alive
        && this->port(candidate, port) == CloudPort::Open) {
      return candidate;
    }
  }
  return std::nullopt;
}

}  // namespace synroute::sim
