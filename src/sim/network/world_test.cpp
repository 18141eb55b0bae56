// SPDX-License-Identifier: Apache-2.0
#include "sim/network/world.hpp"

#include "sim/network/resolver.hpp"
#include "sim/support_for_tests.hpp"

#include <fmt/format.h>

namespace synroute::sim {
namespace {

using namespace std::chrono_literals;

/// Three routers, 10 ms a link; `middle` are properties of the second one.
std::string chain(std::string_view middle = "", std::string_view host = "open 443") {
  std::string text =
      "prober me 192.0.2.7 2001:db8::7\n"
      "router r1 198.51.100.1 2001:db8:1::1\n"
      "router r2 198.51.100.2 2001:db8:2::1\n";
  if (!middle.empty()) {
    text += "  " + std::string{middle} + "\n";
  }
  text +=
      "router r3 198.51.100.3 2001:db8:3::1\n"
      "host web 203.0.113.80 2001:db8:80::80\n  "
      + std::string{host} + "\npath me 10ms r1 10ms r2 10ms r3 10ms web\n";
  return text;
}

std::string source_of(const std::optional<wire::Datagram>& answer) {
  return answer ? answer->ip.source.to_string() : "-";
}

const wire::Quote& quote_of(const std::optional<wire::Datagram>& answer) {
  static const wire::Quote none;
  const wire::IcmpMessage* message = answer ? answer->icmp() : nullptr;
  if (message == nullptr || !message->quote) {
    ADD_FAILURE() << "no quote";
    return none;
  }
  return *message->quote;
}

TEST(World, ReportsEachHopAfterItsRoundTrip) {
  TestNetwork network{chain()};
  for (std::uint8_t ttl = 1; ttl <= 3; ++ttl) {
    const Instant start = network.world().now();
    network.send({.ttl = ttl});
    const auto answers = network.wait(1s);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].datagram.ip.source.to_string(), "198.51.100." + std::to_string(ttl));
    EXPECT_EQ(answers[0].at - start, 20ms * ttl);
    EXPECT_EQ(answers[0].datagram.ip.ttl, Ttl{static_cast<std::uint8_t>(256 - ttl)});
    EXPECT_EQ(quote_of(answers[0].datagram).ip->ttl, Ttl{1});
  }
}

TEST(World, AnswersSixProbesOfOneFlowAtFiftyMillisecondsAsLinuxDoes) {
  struct Row {
    std::uint32_t step;
    std::string expected;
  };
  for (const auto& [step, expected] :
       {Row{1, "SA RA SA RA SA RA"}, Row{1U << 24, "SA A"}, Row{0, "SA SA"}}) {
    TestNetwork network{chain()};
    for (std::uint32_t i = 0; i < 6; ++i) {
      network.send({.sequence = 1000 + i * step});
    }
    std::string seen;
    for (const auto& answer : network.wait(300ms)) {
      const wire::TcpFlags flags = answer.datagram.tcp()->header.flags;
      seen += seen.empty() ? "" : " ";
      seen += flags.has(wire::TcpFlag::Syn) ? "S" : "";
      seen += flags.has(wire::TcpFlag::Rst) ? "R" : "";
      seen += "A";
    }
    EXPECT_EQ(seen, expected) << step;
  }
}

TEST(World, LetsTheKernelOfTheProberClearTheTargetOneRoundTripLater) {
  TestNetwork network{chain()};
  network.send({.sequence = 1000});
  EXPECT_EQ(network.wait(79ms).size(), 0U);
  EXPECT_EQ(network.wait(2ms).size(), 1U);
  network.wait(60ms);
  network.send({.sequence = 5000});
  const auto answers = network.wait(10s);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].datagram.tcp()->header.flags.has(wire::TcpFlag::Syn));
}

TEST(World, RepeatsTheSynAckWhenNoKernelResetsIt) {
  TestNetwork network{chain(), {.with_kernel = false}};
  network.send({});
  EXPECT_EQ(network.wait(40s).size(), 6U);
}

TEST(World, TreatsIpv6Alike) {
  TestNetwork network{chain()};
  const IpAddress me = ip("2001:db8::7");
  const IpAddress web = ip("2001:db8:80::80");
  EXPECT_EQ(source_of(network.ask({.source = me, .destination = web, .ttl = 2})), "2001:db8:2::1");
  const auto open = network.ask({.source = me, .destination = web});
  ASSERT_TRUE(open && open->tcp() != nullptr);
  EXPECT_TRUE(open->tcp()->header.flags.has(wire::TcpFlag::Syn));
  EXPECT_EQ(open->ip.ttl, Ttl{61});
}

TEST(World, LimitsErrorsAsLinuxDoes) {
  TestNetwork network{chain("limit linux")};
  std::string pattern;
  for (std::uint32_t i = 0; i < 31; ++i) {
    network.send({.ttl = 2, .sequence = i << 24});
    pattern += network.wait(100ms).empty() ? '.' : 'x';
  }
  EXPECT_EQ(pattern, "xxxxxx....x.........x.........x");
}

TEST(World, HidesRoutersThatAreSilentOrKeepTheTtl) {
  TestNetwork silent{chain("silent")};
  EXPECT_EQ(source_of(silent.ask({.ttl = 2})), "-");
  EXPECT_EQ(source_of(silent.ask({.ttl = 3})), "198.51.100.3");
  TestNetwork invisible{chain("invisible")};
  EXPECT_EQ(source_of(invisible.ask({.ttl = 2})), "198.51.100.3");
}

TEST(World, ShowsAZeroTtlBehindARouterThatForwardsIt) {
  TestNetwork network{chain("zero-ttl")};
  const auto second = network.ask({.ttl = 2});
  EXPECT_EQ(source_of(second), "198.51.100.3");
  EXPECT_EQ(quote_of(second).ip->ttl, Ttl{0});
  EXPECT_EQ(source_of(network.ask({.ttl = 3})), "198.51.100.3");
}

TEST(World, QuotesAsMuchAsTheRouterIsSetTo) {
  TestNetwork eight{chain("quote 8")};
  EXPECT_EQ(quote_of(eight.ask({.ttl = 2, .stamp = 9})).transport_bytes, 8U);
  TestNetwork twenty_eight{chain("quote 28")};
  EXPECT_EQ(quote_of(twenty_eight.ask({.ttl = 2, .stamp = 9})).transport_bytes, 28U);
  TestNetwork whole{chain()};
  const auto answer = whole.ask({.ttl = 2, .stamp = 9, .payload = 1000});
  EXPECT_EQ(quote_of(answer).transport_bytes, 528U);
  EXPECT_EQ(answer->ip.total_length, 576U);
}

TEST(World, ShowsMplsLabelsWhateverTheLengthFieldSays) {
  for (const std::string_view length : {"right", "zero", "wrong 17"}) {
    TestNetwork network{chain("labels 24015/5/1 16/0/254\n  extension " + std::string{length})};
    const auto answer = network.ask({.ttl = 2});
    ASSERT_TRUE(answer && answer->icmp() != nullptr) << length;
    const auto& labels = answer->icmp()->extensions.mpls;
    ASSERT_EQ(labels.size(), 2U) << length;
    EXPECT_EQ(labels[0], (wire::MplsLabel{24015, 5, false, 1}));
    EXPECT_EQ(labels[1], (wire::MplsLabel{16, 0, true, 254}));
  }
}

TEST(World, TranslatesSourcesAndRepairsQuotesAsTold) {
  struct Row {
    std::string_view nat;
    std::string source;
    bool same_port;
  };
  for (const auto& [nat, source, same_port] :
       {Row{"snat 198.51.100.200", "192.0.2.7", true},
        Row{"snat 198.51.100.200 new-ports", "192.0.2.7", true},
        Row{"snat 198.51.100.200 new-ports quotes source-left", "198.51.100.200", true},
        Row{"snat 198.51.100.200 new-ports quotes left", "198.51.100.200", false}}) {
    TestNetwork network{chain(nat)};
    const auto behind = network.ask({.ttl = 3});
    EXPECT_EQ(quote_of(behind).source.to_string(), source) << nat;
    EXPECT_EQ(quote_of(behind).tcp->source_port == Port{45000}, same_port) << nat;
    EXPECT_EQ(behind->ip.destination.to_string(), "192.0.2.7");
    EXPECT_EQ(quote_of(network.ask({.ttl = 2})).source.to_string(), "192.0.2.7");
    const auto open = network.ask({});
    ASSERT_TRUE(open && open->tcp() != nullptr) << nat;
    EXPECT_EQ(open->tcp()->header.destination_port, Port{45000});
  }
}

TEST(World, LetsTheTargetsAddressAnswerForRoutersBehindDnat) {
  std::string text = chain("dnat 203.0.113.80 port 443 to 10.0.0.80 port 8443", "open 8443");
  text.replace(text.find("host web 203.0.113.80"), 21, "host web 10.0.0.80");
  TestNetwork network{text};
  EXPECT_EQ(source_of(network.ask({.ttl = 1})), "198.51.100.1");
  for (const auto ttl : {std::uint8_t{2}, std::uint8_t{3}}) {
    const auto answer = network.ask({.ttl = ttl});
    EXPECT_EQ(source_of(answer), "203.0.113.80");
    EXPECT_EQ(answer->icmp()->type, 11);
    EXPECT_EQ(quote_of(answer).destination.to_string(), "203.0.113.80");
    EXPECT_EQ(quote_of(answer).tcp->destination_port, Port{443});
    EXPECT_EQ(quote_of(answer).tcp->checksum, wire::Checksum::Good);
  }
  const auto open = network.ask({});
  ASSERT_TRUE(open && open->tcp() != nullptr);
  EXPECT_EQ(source_of(open), "203.0.113.80");
  EXPECT_EQ(open->tcp()->header.source_port, Port{443});
}

TEST(World, RewritesSequencesOutwardsAndBack) {
  TestNetwork network{chain("new-sequence")};
  EXPECT_EQ(quote_of(network.ask({.ttl = 2})).tcp->sequence, 1000U);
  EXPECT_NE(quote_of(network.ask({.ttl = 3})).tcp->sequence, 1000U);
  const auto open = network.ask({});
  ASSERT_TRUE(open && open->tcp() != nullptr);
  EXPECT_EQ(open->tcp()->header.acknowledgement, 1001U);
  TestNetwork repaired{chain("new-sequence quotes-repaired")};
  EXPECT_EQ(quote_of(repaired.ask({.ttl = 3})).tcp->sequence, 1000U);
}

TEST(World, ChangesHeaderFieldsWhereTold) {
  TestNetwork id{chain("new-id swap")};
  EXPECT_EQ(quote_of(id.ask({.ttl = 3, .id = 0x0102})).ip->id, 0x0201);
  TestNetwork mss{chain("clamp-mss 1000")};
  EXPECT_EQ(
      quote_of(mss.ask({.ttl = 3, .stamp = 1})).tcp->header->options.maximum_segment_size(), 1000);
  TestNetwork strip{chain("strip-option timestamps")};
  EXPECT_FALSE(quote_of(strip.ask({.ttl = 3, .stamp = 1})).tcp->header->options.timestamps());
  TestNetwork dscp{chain("dscp 46")};
  const auto marked = dscp.ask({.ttl = 3});
  EXPECT_EQ(quote_of(marked).ip->tos, 0xb8);
  EXPECT_EQ(marked->ip.tos, 0xd8);
  TestNetwork bleach{chain("bleach-ecn")};
  EXPECT_EQ(quote_of(bleach.ask({.ttl = 3, .tos = 0x03})).ip->tos, 0);
  TestNetwork higher{chain("ttl add 5")};
  const auto far = higher.ask({.ttl = 2});
  ASSERT_TRUE(far && far->tcp() != nullptr);
  EXPECT_EQ(far->ip.ttl, Ttl{66});
}

TEST(World, RefusesWithEachKindOfReject) {
  struct Row {
    std::string_view kind;
    int v4;
    int v6;
  };
  for (const auto& [kind, v4, v6] :
       {Row{"net", 0, 0},
        Row{"host", 1, 3},
        Row{"protocol", 2, 4},
        Row{"port", 3, 4},
        Row{"net-prohibited", 9, 1},
        Row{"host-prohibited", 10, 1},
        Row{"admin", 13, 1},
        Row{"beyond-scope", 11, 2},
        Row{"policy", 13, 5},
        Row{"reject-route", 0, 6}}) {
    TestNetwork network{chain("reject " + std::string{kind} + " 443")};
    EXPECT_EQ(network.ask({.ttl = 2})->icmp()->type, 11);
    const auto four = network.ask({.ttl = 3});
    EXPECT_EQ(source_of(four), "198.51.100.2");
    EXPECT_EQ(four->icmp()->type, 3);
    EXPECT_EQ(four->icmp()->code, v4) << kind;
    EXPECT_EQ(quote_of(four).ip->ttl, Ttl{1});
    const auto six =
        network.ask({.source = ip("2001:db8::7"), .destination = ip("2001:db8:80::80")});
    EXPECT_EQ(six->icmp()->type, 1);
    EXPECT_EQ(six->icmp()->code, v6) << kind;
    EXPECT_EQ(quote_of(six).ip->ttl, Ttl{62});
  }
}

TEST(World, ForgesResetsThatArriveWithTooManyHopsLeft) {
  TestNetwork reject{chain("reject tcp-reset 443")};
  const auto forged = reject.ask({});
  ASSERT_TRUE(forged && forged->tcp() != nullptr);
  EXPECT_EQ(source_of(forged), "203.0.113.80");
  EXPECT_EQ(forged->ip.ttl, Ttl{63});
  EXPECT_EQ(forged->tcp()->header.acknowledgement, 1001U);
  TestNetwork genuine{chain("", "closed 443")};
  EXPECT_EQ(genuine.ask({})->ip.ttl, Ttl{61});
}

TEST(World, InjectsResetsBesideThePath) {
  TestNetwork network{chain("reset 443 copies 3 reply-ttl 201")};
  network.send({});
  const auto answers = network.wait(500ms);
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[2].datagram.ip.ttl, Ttl{200});
  EXPECT_EQ(answers[3].datagram.ip.ttl, Ttl{61}) << "the genuine SYN|ACK still arrives";
  TestNetwork in_path{chain("reset 443 in-path")};
  in_path.send({});
  EXPECT_EQ(in_path.wait(5s).size(), 1U);
}

TEST(World, TerminatesConnectionsInAProxy) {
  TestNetwork network{chain("proxy 443", "closed 443")};
  const auto open = network.ask({.ttl = 2});
  ASSERT_TRUE(open && open->tcp() != nullptr);
  EXPECT_TRUE(open->tcp()->header.flags.has(wire::TcpFlag::Syn));
  EXPECT_EQ(open->ip.ttl, Ttl{63});
  EXPECT_EQ(network.ask({.port = 80})->ip.ttl, Ttl{61});
}

TEST(World, AnswersForClosedPortsInASynProxy) {
  TestNetwork network{chain("synproxy 443", "closed 443")};
  EXPECT_EQ(network.ask({.ttl = 2})->icmp()->type, 11);
  const auto open = network.ask({.ttl = 3, .stamp = 4});
  ASSERT_TRUE(open && open->tcp() != nullptr);
  EXPECT_EQ(open->tcp()->header.window, 0);
  EXPECT_EQ(open->tcp()->header.options.window_scale(), 7);
  EXPECT_EQ(open->ip.ttl, Ttl{63});
}

TEST(World, BoundsThePacketsUnderWayWhereEveryLinkDuplicates) {
  // 27 links would make 2^27 packets of one.
  constexpr int kRouters = 28;
  std::string routers;
  std::string path = "path me";
  std::string links;
  for (int i = 1; i <= kRouters; ++i) {
    routers += fmt::format("router r{0} 198.51.100.{0}\n", i);
    path += fmt::format(" 1ms r{}", i);
    links += i > 1 ? fmt::format("link r{} r{} duplicate 100%\n", i - 1, i) : "";
  }
  TestNetwork network{
      "prober me 192.0.2.7\n" + routers + "host web 203.0.113.80\n  open 443\n" + path
      + " 1ms web\n" + links};
  network.send({.ttl = 64});
  EXPECT_FALSE(network.wait(1s).empty());
  EXPECT_GT(network.world().overflowed(), 0U);
  network.wait(10s);
  EXPECT_FALSE(network.world().next());
}

TEST(World, DropsCorruptedPacketsAndCountsWhatReachesTheProber) {
  std::string text = chain();
  text += "link me r1 back corrupt 100%\n";
  TestNetwork network{text};
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(network.ask({.ttl = 2, .sequence = static_cast<std::uint32_t>(i) << 20}));
  }
  EXPECT_EQ(network.transport().counters().bad_checksum, 20U);
}

TEST(World, DuplicatesLosesAndReorders) {
  TestNetwork twice{chain() + "link me r1 back duplicate 100%\n"};
  twice.send({.ttl = 2});
  EXPECT_EQ(twice.wait(1s).size(), 2U);
  TestNetwork half{chain() + "link me r1 there loss 50%\n"};
  std::size_t answered = 0;
  for (int i = 0; i < 400; ++i) {
    half.send({.ttl = 2});
    answered += half.wait(100ms).size();
  }
  EXPECT_GT(answered, 150U);
  EXPECT_LT(answered, 250U);
  TestNetwork swapped{chain() + "link r1 r2 there reorder 50% by 30ms\n"};
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < 20; ++i) {
    swapped.send({.ttl = 3, .sequence = i});
    swapped.world().run(swapped.world().now() + 1ms);
  }
  for (const auto& answer : swapped.wait(1s)) {
    order.push_back(quote_of(answer.datagram).tcp->sequence);
  }
  EXPECT_EQ(order.size(), 20U);
  EXPECT_FALSE(std::ranges::is_sorted(order));
}

TEST(World, ReportsPacketsTooBigForALink) {
  TestNetwork network{chain() + "link r2 r3 mtu 1000\n"};
  const auto answer = network.ask({.payload = 1400});
  EXPECT_EQ(source_of(answer), "198.51.100.2");
  EXPECT_EQ(answer->icmp()->code, 4);
  EXPECT_EQ(wire::next_hop_mtu(Family::V4, *answer->icmp()), 1000U);
  EXPECT_EQ(quote_of(answer).ip->ttl, Ttl{63});
  const auto six = network.ask(
      {.source = ip("2001:db8::7"), .destination = ip("2001:db8:80::80"), .payload = 1400});
  EXPECT_EQ(wire::next_hop_mtu(Family::V6, *six->icmp()), 1000U);
}

TEST(World, CutsPacketsThatMayBeCutAndTheHostPutsThemTogether) {
  TestNetwork network{chain() + "link r2 r3 mtu 1000\n"};
  wire::Datagram syn = datagram({.payload = 1400});
  syn.ip.dont_fragment = false;
  const seam::Outgoing outgoing{.token = 1, .datagram = syn};
  network.transport().send({&outgoing, 1});
  const auto answers = network.wait(500ms);
  ASSERT_EQ(answers.size(), 1U);
  ASSERT_NE(answers[0].datagram.tcp(), nullptr);
  EXPECT_TRUE(answers[0].datagram.tcp()->header.flags.has(wire::TcpFlag::Syn));
}

TEST(World, KeepsTrueAnswersIntactUnderTenTimesAsMuchNoise) {
  TestNetwork network{chain("noise 10")};
  int true_answers = 0;
  std::size_t all = 0;
  for (std::uint32_t i = 0; i < 50; ++i) {
    network.send({.ttl = 3, .sequence = i << 20});
    const auto answers = network.wait(100ms);
    all += answers.size();
    for (const auto& answer : answers) {
      const wire::IcmpMessage* icmp = answer.datagram.icmp();
      true_answers += icmp != nullptr && icmp->quote && icmp->quote->tcp
                              && icmp->quote->tcp->sequence == i << 20
                          ? 1
                          : 0;
    }
  }
  EXPECT_EQ(true_answers, 50);
  EXPECT_GT(all, 200U);
  EXPECT_GT(network.transport().counters().bad_checksum, 0U);
  EXPECT_GT(network.transport().counters().malformed, 0U);
}

/// Two label switching routers between two edges; labels as each TTL shows them.
std::string tunnel_view(std::string_view kind) {
  TestNetwork network{
      "prober me 192.0.2.7\nrouter a 10.0.0.1\nrouter pe1 10.0.0.2\nrouter p1 10.0.0.3\n"
      "router p2 10.0.0.4\nrouter pe2 10.0.0.5\nrouter z 10.0.0.6\nhost web 203.0.113.80\n"
      "  open 443\npath me a pe1 p1 p2 pe2 z web\ntunnel pe1 p1 p2 pe2 "
      + std::string{kind} + "\n"};
  std::string view;
  for (std::uint8_t ttl = 1; ttl <= 6; ++ttl) {
    const auto answer = network.ask({.ttl = ttl});
    if (!answer || answer->icmp() == nullptr) {
      break;
    }
    view += answer->ip.source.to_string().back();
    view += ":q" + std::to_string(quote_of(answer).ip->ttl.value());
    view += "r" + std::to_string(answer->ip.ttl.value());
    for (const wire::MplsLabel& label : answer->icmp()->extensions.mpls) {
      view += "L" + std::to_string(label.label) + "/" + std::to_string(label.ttl);
    }
    view += " ";
  }
  return view;
}

TEST(World, ShowsMplsTunnelsAsTheirKindSays) {
  // p1's error goes on to pe2 and comes back through the tunnel: its TTL is that of a longer way.
  EXPECT_EQ(
      tunnel_view("explicit"),
      "1:q1r255 2:q1r254 3:q1r249L24001/1 4:q2r250L24002/1 5:q1r251 6:q1r250 ");
  EXPECT_EQ(tunnel_view("implicit"), "1:q1r255 2:q1r254 3:q1r249 4:q2r250 5:q1r251 6:q1r250 ");
  EXPECT_EQ(tunnel_view("invisible"), "1:q1r255 2:q1r254 5:q1r251 6:q1r251 ");
  EXPECT_EQ(tunnel_view("opaque"), "1:q1r255 2:q1r254 5:q1r251L24003/253 6:q1r251 ");
}

TEST(World, SplicesConnectionsThroughASynProxy) {
  using enum wire::TcpFlag;
  TestNetwork network{chain("synproxy 443"), {.with_kernel = false}};
  const auto first = network.ask({.sequence = 1000});
  ASSERT_TRUE(first && first->tcp() != nullptr);
  const std::uint32_t next = first->tcp()->header.sequence + 1;
  const auto opened = network.ask({.sequence = 1001, .flags = Ack, .acknowledgement = next});
  ASSERT_TRUE(opened && opened->tcp() != nullptr);
  EXPECT_GT(opened->tcp()->header.window, 0);
  EXPECT_EQ(opened->tcp()->header.sequence, next);
  const auto closed = network.ask({.sequence = 1001, .flags = Fin | Ack, .acknowledgement = next});
  ASSERT_TRUE(closed && closed->tcp() != nullptr);
  EXPECT_TRUE(closed->tcp()->header.flags.has(Fin));
  EXPECT_EQ(closed->tcp()->header.sequence, next);
  EXPECT_EQ(closed->tcp()->header.acknowledgement, 1002U);
  EXPECT_EQ(closed->ip.ttl, Ttl{61}) << "the server itself speaks now";
}

TEST(VirtualWaiter, JumpsToTheNextDeliveryOrTheDeadline) {
  TestNetwork network{chain()};
  network.send({.ttl = 1});
  EXPECT_EQ(network.waiter().wait(Instant{1s}), seam::Wake::Activity);
  EXPECT_EQ(network.waiter().now(), Instant{20ms});
  std::vector<seam::Incoming> incoming;
  network.transport().receive(incoming);
  ASSERT_EQ(incoming.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<seam::Sent>(incoming[0]));
  EXPECT_EQ(network.waiter().wait(Instant{1s}), seam::Wake::Time);
  EXPECT_EQ(network.waiter().now(), Instant{1s});
  EXPECT_EQ(network.waiter().wall().since_1970(), 1'767'225'601s);
  EXPECT_EQ(network.waiter().wait(std::nullopt), seam::Wake::Interrupted);
  network.waiter().interrupt_at(Instant{2s});
  EXPECT_EQ(network.waiter().wait(Instant{3s}), seam::Wake::Interrupted);
  EXPECT_EQ(network.waiter().now(), Instant{2s});
  EXPECT_EQ(network.waiter().wait(Instant{3s}), seam::Wake::Time);
}

TEST(ScenarioResolver, AnswersFromTheScenarioInVirtualTime) {
  TestNetwork network{chain("name core.example")};
  ScenarioResolver resolver{network.world(), network.scenario().names, 30ms};
  resolver.ask(ip("198.51.100.2"));
  resolver.ask(ip("198.51.100.2"));
  resolver.ask(ip("198.51.100.1"));
  EXPECT_EQ(resolver.pending(), 2);
  EXPECT_EQ(resolver.deadline(), Instant{30ms});
  std::vector<seam::NameAnswer> answers;
  resolver.receive(answers);
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(network.waiter().wait(Instant{1s}), seam::Wake::Activity);
  EXPECT_EQ(network.world().now(), Instant{30ms});
  resolver.receive(answers);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].name, "core.example");
  EXPECT_EQ(answers[1].name, std::nullopt);
  EXPECT_EQ(resolver.pending(), 0);
}

}  // namespace
}  // namespace synroute::sim
