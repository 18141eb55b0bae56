// SPDX-License-Identifier: Apache-2.0
#include "sim/network/internet.hpp"

#include "sim/scenario/builtin.hpp"
#include "sim/support_for_tests.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace synroute::sim {
namespace {

using namespace std::chrono_literals;

InternetMap map_of(std::uint64_t seed) {
  return InternetMap{{.prefixes = {Prefix::parse("11.0.0.0/8").value()}, .seed = seed}};
}

IpAddress destination(std::uint32_t index) {
  return IpAddress::v4(0x0b000000U + index);
}

TEST(InternetMap, IsTheSameForTheSameSeedOnly) {
  const InternetMap map = map_of(1);
  const InternetMap same = map_of(1);
  const InternetMap other = map_of(2);
  int differs = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const CloudPath path = map.path(destination(i * 997));
    EXPECT_EQ(path.length, same.path(destination(i * 997)).length);
    EXPECT_EQ(path.delay_to(path.length), same.path(destination(i * 997)).delay_to(path.length));
    differs += path.length != other.path(destination(i * 997)).length ? 1 : 0;
  }
  EXPECT_GT(differs, 500);
}

TEST(InternetMap, HasWaysOfRealLength) {
  const InternetMap map = map_of(1);
  std::vector<std::size_t> lengths;
  int alive = 0;
  int open = 0;
  for (std::uint32_t i = 0; i < 4000; ++i) {
    const IpAddress target = destination(i * 4099);
    const CloudPath path = map.path(target);
    lengths.push_back(path.length);
    alive += path.alive ? 1 : 0;
    open += path.alive && map.port(target, 443) == CloudPort::Open ? 1 : 0;
  }
  std::ranges::sort(lengths);
  EXPECT_GE(lengths.front(), 5U);
  EXPECT_NEAR(static_cast<double>(lengths[lengths.size() / 2]), 10, 2);
  EXPECT_LE(lengths.back(), 17U);
  EXPECT_NEAR(alive, 4000 * 0.31, 150);
  EXPECT_NEAR(open, alive * 0.45, 150);
}

TEST(InternetMap, GivesEveryRouterAnAddressOfItsOwn) {
  const InternetMap map = map_of(5);
  std::map<IpAddress, std::pair<std::size_t, std::uint32_t>> owners;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const CloudPath path = map.path(destination(i * 839));
    for (std::size_t stage = 0; stage < path.length; ++stage) {
      for (std::uint32_t flow = 0; flow < path.stages[stage].width; ++flow) {
        const std::uint32_t id = path.stages[stage].member(flow);
        const auto [owner, fresh] =
            owners.emplace(map.router(id, Family::V4).address, std::pair{stage, id});
        EXPECT_EQ(owner->second.second, id);
      }
    }
  }
  EXPECT_GT(owners.size(), 10'000U);
}

TEST(InternetMap, SharesAccessAndCoreAmongDestinations) {
  const InternetMap map = map_of(1);
  std::set<std::uint32_t> first;
  std::set<std::uint32_t> last;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const CloudPath path = map.path(destination(i * 16'381));
    first.insert(path.stages[0].id);
    last.insert(path.stages[path.length - 1].id);
  }
  EXPECT_EQ(first.size(), 1U);
  EXPECT_GT(last.size(), 900U);
}

TEST(Internet, IsReadAsAScenario) {
  TestNetwork network{internet_scenario(7)};
  ASSERT_FALSE(network.scenario().targets.empty());
  for (const IpAddress& target : network.scenario().targets[0].addresses) {
    const auto answer = network.ask(
        {.source = network.scenario().prober_address(target.family()).value(),
         .destination = target,
         .stamp = 1});
    ASSERT_TRUE(answer && answer->tcp() != nullptr);
    EXPECT_EQ(answer->ip.source, target);
    EXPECT_TRUE(answer->tcp()->header.flags.has(wire::TcpFlag::Syn));
  }
}

TEST(Internet, AnswersAThousandTraces) {
  TestNetwork network{internet_scenario(7)};
  std::size_t answers = 0;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    for (std::uint8_t ttl = 1; ttl <= 12; ++ttl) {
      network.send(
          {.destination = destination(i * 16'673),
           .source_port = static_cast<std::uint16_t>(33000 + i),
           .ttl = ttl,
           .sequence = std::uint32_t{ttl} << 24,
           .stamp = ttl});
    }
    answers += network.wait(60ms).size();
  }
  EXPECT_GT(answers, 6'000U);
  EXPECT_LT(answers, 11'500U);
}

}  // namespace
}  // namespace synroute::sim
