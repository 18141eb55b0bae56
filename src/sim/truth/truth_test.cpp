// SPDX-License-Identifier: Apache-2.0
#include "sim/truth/truth.hpp"

#include "sim/scenario/builtin.hpp"
#include "sim/support_for_tests.hpp"

#include <fmt/format.h>

#include <set>

namespace synroute::sim {

inline void PrintTo(const BuiltinScenario& scenario, std::ostream* out) {
  *out << scenario.name;
}

namespace {

using namespace std::chrono_literals;

std::string labels_text(const std::vector<wire::MplsLabel>& labels) {
  std::string text;
  for (const wire::MplsLabel& label : labels) {
    text += fmt::format(" L{}/{}/{}", label.label, label.traffic_class, label.ttl);
  }
  return text;
}

/// The properties of a reply that both sides know; the delay when it does not vary.
std::string text_of(const ExpectedReply& reply, bool with_delay) {
  std::string text =
      fmt::format("{} {} ttl {}", model::name(reply.kind), reply.from.to_string(), reply.ttl);
  if (reply.is_icmp()) {
    text += fmt::format(" {}/{} q{}", reply.icmp_type, reply.icmp_code, reply.quoted_ttl);
  }
  text += labels_text(reply.labels);
  return with_delay ? text + fmt::format(" {}us", reply.delay / 1us) : text;
}

std::string text_of(const wire::Datagram& datagram, Duration delay, bool with_delay) {
  ExpectedReply reply{.from = datagram.ip.source, .ttl = datagram.ip.ttl.value(), .delay = delay};
  if (const wire::TcpSegment* tcp = datagram.tcp()) {
    const bool syn = tcp->header.flags.has(wire::TcpFlag::Syn);
    reply.kind = syn ? model::ReplyKind::SynAck : model::ReplyKind::Rst;
  } else if (const wire::IcmpMessage* icmp = datagram.icmp(); icmp != nullptr && icmp->quote) {
    const bool expired =
        wire::kind(datagram.ip.family(), icmp->type) == wire::IcmpKind::TimeExceeded;
    reply.kind = expired ? model::ReplyKind::TimeExceeded : model::ReplyKind::Unreachable;
    reply.icmp_type = icmp->type;
    reply.icmp_code = icmp->code;
    reply.quoted_ttl = icmp->quote->ip->ttl.value();
    reply.labels = icmp->extensions.mpls;
  }
  return text_of(reply, with_delay);
}

/// The world's replies to one TTL over many flows, each sent when no other packet is in flight.
std::set<std::string> ask_world(
    const BuiltinScenario& builtin, const Truth& truth, Ttl ttl, int flows, bool with_delay) {
  TestNetwork network{builtin.text};
  const IpAddress source = network.scenario().prober_address(truth.target.family()).value();
  std::set<std::string> seen;
  for (int flow = 0; flow < flows; ++flow) {
    const Instant start = network.world().now();
    network.send(
        {.source = source,
         .destination = truth.target,
         .source_port = static_cast<std::uint16_t>(33000 + flow),
         .port = truth.port.value(),
         .ttl = ttl.value(),
         .sequence = static_cast<std::uint32_t>(flow) << 20,
         .stamp = 77});
    for (const auto& answer : network.wait(kNeighbourTimeout + 1s)) {
      seen.insert(text_of(answer.datagram, answer.at - start, with_delay));
    }
  }
  return seen;
}

struct Case {
  bool varies;  ///< delays differ from packet to packet
  bool noisy;   ///< the prober also receives forged packets
};

Case case_of(const BuiltinScenario& builtin, const Scenario& scenario) {
  Case found{.varies = false, .noisy = builtin.text.contains("  noise ")};
  for (const LinkSpec& link : scenario.links) {
    const auto unsteady = [](const LinkSettings& side) {
      return side.jitter > 0ns || side.reorder > 0;
    };
    // A target that hears nothing for a second sends its SYN|ACK again.
    const bool repeats = link.there.delay + link.back.delay >= 1s;
    found.varies |= unsteady(link.there) || unsteady(link.back) || repeats;
  }
  for (const NodeSpec& node : scenario.nodes) {
    found.varies |= node.router.slow_most > node.router.slow_least;
  }
  return found;
}

void compare(const BuiltinScenario& builtin, const Truth& truth, const Case& kind) {
  for (const TrueHop& hop : truth.hops) {
    const bool with_delay = !kind.varies && !truth.by_chance;  // lost resets bring late SYN|ACKs
    std::set<std::string> expected;
    for (const ExpectedReply& answer : hop.answers) {
      expected.insert(text_of(answer, with_delay));
    }
    const int flows = expected.size() > 1 ? 160 : 3;
    const auto seen = ask_world(builtin, truth, hop.ttl, flows, with_delay);
    for (const std::string& answer : seen) {
      EXPECT_TRUE(kind.noisy || expected.contains(answer))
          << truth.target.to_string() << " ttl " << int{hop.ttl.value()} << ": only the world has "
          << answer;
    }
    for (const std::string& answer : expected) {
      EXPECT_TRUE(truth.by_chance || truth.fixed_choice || seen.contains(answer))
          << truth.target.to_string() << " ttl " << int{hop.ttl.value()} << ": only the truth has "
          << answer;
    }
  }
}

class TruthOf : public testing::TestWithParam<BuiltinScenario> {};

TEST_P(TruthOf, IsWhatTheWorldDoes) {
  const Scenario read = scenario(GetParam().text);
  const Case kind = case_of(GetParam(), read);
  for (const ScenarioTarget& target : read.targets) {
    for (const IpAddress& address : target.addresses) {
      const Truth truth = find_truth(read, address, target.port);
      EXPECT_FALSE(truth.hops.empty());
      compare(GetParam(), truth, kind);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Scenarios,
    TruthOf,
    testing::ValuesIn(builtin_scenarios().begin(), builtin_scenarios().end()),
    [](const testing::TestParamInfo<BuiltinScenario>& row) {
      std::string name{row.param.name};
      std::ranges::replace(name, '-', '_');
      return name;
    });

/// "state reached distance hops" of the first target of a built-in scenario, port and family.
std::string verdict(std::string_view name, std::optional<std::uint16_t> port = {}) {
  const Scenario read = scenario(find_builtin_scenario(name).value().text);
  const ScenarioTarget& target = read.targets.at(0);
  const Truth truth = find_truth(read, target.addresses.at(0), port ? Port{*port} : target.port);
  return fmt::format(
      "{}{} at {} after {}",
      model::name(truth.state),
      truth.reached ? " reached" : "",
      truth.distance ? std::to_string(truth.distance->value()) : "-",
      truth.hops.size());
}

TEST(Truth, KnowsThePortAndTheDistance) {
  EXPECT_EQ(verdict("home"), "open reached at 7 after 7");
  EXPECT_EQ(verdict("closed"), "closed reached at 9 after 9");
  EXPECT_EQ(verdict("dropped-halfway"), "filtered at - after 5");
  EXPECT_EQ(verdict("rejected"), "rejected at - after 6");
  EXPECT_EQ(verdict("dnat"), "open reached at 9 after 9");
  EXPECT_EQ(verdict("silent-3"), "open reached at 9 after 9");
  EXPECT_EQ(verdict("no-route"), "unreachable at - after 5");
  EXPECT_EQ(verdict("host-filtered"), "filtered at - after 6");
  EXPECT_EQ(verdict("host-rejects"), "rejected reached at 7 after 7");
  EXPECT_EQ(verdict("host-resets-last-ttl"), "open reached at 7 after 7");
  EXPECT_EQ(verdict("reset-injected"), "rejected reached at 7 after 7");
  EXPECT_EQ(verdict("rejects", 1010), "rejected at 5 after 5");
  EXPECT_EQ(verdict("proxy"), "open at 3 after 3");
  EXPECT_EQ(verdict("synproxy"), "open at 4 after 4");
  EXPECT_EQ(verdict("ttl-raised"), "open reached at 2 after 2");
  EXPECT_EQ(verdict("no-decrement"), "open reached at 6 after 6");
  EXPECT_EQ(verdict("mpls-explicit"), "open reached at 8 after 8");
  EXPECT_EQ(verdict("mpls-invisible"), "open reached at 5 after 5");
  EXPECT_EQ(verdict("tracetcp-proxy", 80), "open at 5 after 5");
  EXPECT_EQ(verdict("tracetcp-proxy", 21), "open reached at 17 after 17");
  EXPECT_EQ(verdict("tracetcp-blocked", 135), "filtered at - after 2");
  EXPECT_EQ(verdict("tracetcp-blocked", 138), "filtered at - after 1");
  EXPECT_EQ(verdict("data-centre"), "open reached at 5 after 5");
}

TEST(Truth, IsWhatAProceduralInternetDoes) {
  const std::string text = internet_scenario(3);
  const BuiltinScenario builtin{"internet", text};
  const Scenario read = scenario(text);
  int open = 0;
  for (std::uint32_t i = 0; i < 40; ++i) {
    const IpAddress target = IpAddress::v4(0x0b000000U + i * 413'237U);
    const Truth truth = find_truth(read, target, Port{443});
    open += truth.state == model::PortState::Open ? 1 : 0;
    compare(builtin, truth, {});
  }
  EXPECT_GT(open, 2);
}

TEST(Truth, ReportsThatALoopNeverEnds) {
  const Scenario read = scenario(find_builtin_scenario("loop").value().text);
  const Truth truth = find_truth(read, ip("203.0.113.80"), Port{443});
  EXPECT_EQ(truth.state, model::PortState::Filtered);
  EXPECT_EQ(truth.hops.size(), 40U);
}

TEST(Truth, KnowsEverySpineOfAFabric) {
  const Scenario read = scenario(find_builtin_scenario("data-centre").value().text);
  const Truth truth = find_truth(read, ip("10.4.0.80"), Port{443});
  std::set<IpAddress> spines;
  for (const ExpectedReply& answer : truth.hops.at(1).answers) {
    spines.insert(answer.from);
  }
  EXPECT_EQ(spines.size(), 16U);
}

}  // namespace
}  // namespace synroute::sim
