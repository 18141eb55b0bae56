// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/builtin.hpp"

#include "sim/support_for_tests.hpp"

#include <fmt/format.h>

namespace synroute::sim {

inline void PrintTo(const BuiltinScenario& scenario, std::ostream* out) {
  *out << scenario.name;
}

namespace {

using namespace std::chrono_literals;

/// Everything that happens, as text.
class Log final : public Observer {
 public:
  explicit Log(World& world) { world.observe(this); }
  void on(
      Instant at,
      NodeId node,
      PacketEvent what,
      std::optional<DropReason> reason,
      const Packet& packet) override {
    text_ += fmt::format(
        "{} {} {} {} {}\n",
        at.since_start().count(),
        node.value(),
        static_cast<int>(what),
        reason ? describe(*reason) : "",
        text_of(packet));
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  /// Half packets have no line of their own.
  static std::string text_of(const Packet& packet) {
    const auto datagram = wire::dissect(packet.bytes());
    return datagram ? wire::pretty(*datagram) : fmt::format("{} bytes", packet.size());
  }
  std::string text_;
};

/// Three rounds over twelve TTLs to the first target, on both families.
std::string run(const BuiltinScenario& builtin) {
  TestNetwork network{builtin.text};
  Log log{network.world()};
  for (const IpAddress& target : network.scenario().targets.at(0).addresses) {
    for (std::uint32_t round = 0; round < 3; ++round) {
      for (std::uint8_t ttl = 1; ttl <= 12; ++ttl) {
        network.send(
            {.source = network.scenario().prober_address(target.family()).value(),
             .destination = target,
             .ttl = ttl,
             .sequence = (round * 12 + ttl) << 24,
             .stamp = ttl});
      }
      network.wait(700ms);
    }
  }
  return log.text();
}

class Builtin : public testing::TestWithParam<BuiltinScenario> {};

TEST_P(Builtin, RunsTheSameTwice) {
  const std::string first = run(GetParam());
  EXPECT_GT(first.size(), 1000U);
  EXPECT_EQ(first, run(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Scenarios,
    Builtin,
    testing::ValuesIn(builtin_scenarios().begin(), builtin_scenarios().end()),
    [](const testing::TestParamInfo<BuiltinScenario>& row) {
      std::string name{row.param.name};
      std::ranges::replace(name, '-', '_');
      return name;
    });

TEST(BuiltinScenarios, HoldTheOneThatDemoRuns) {
  ASSERT_TRUE(find_builtin_scenario("home"));
  EXPECT_FALSE(find_builtin_scenario("no-such"));
}

TEST(NamedScenario, IsBuiltInOrAnInternetWithASeed) {
  EXPECT_EQ(named_scenario("home"), find_builtin_scenario("home")->text);
  EXPECT_EQ(named_scenario("internet:7"), internet_scenario(7));
  for (const std::string_view wrong :
       {"", "internet", "internet:", "internet:x", "internet:7x", "internet:-1", "Home"}) {
    EXPECT_FALSE(named_scenario(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace synroute::sim
