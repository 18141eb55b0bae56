// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/tcp_stack.hpp"

#include "sim/support_for_tests.hpp"

/// Linux 6.x as it was measured; the numbers are its sysctl defaults.
namespace synroute::sim {
namespace {

using namespace std::chrono_literals;

class LinuxServer {
 public:
  explicit LinuxServer(HostSettings settings = {}) : stack_{open(std::move(settings)), 42} {}

  /// What one segment is answered with at once.
  std::vector<wire::Datagram> get(const Probe& syn, Duration at = 0ms) {
    std::vector<Packet> answers;
    stack_.advance(Instant{at}, answers);
    answers.clear();
    stack_.handle(packet(syn), Instant{at}, answers);
    return dissect_all(answers);
  }
  /// What the timers send by then.
  std::vector<wire::Datagram> advance(Duration to) {
    std::vector<Packet> answers;
    stack_.advance(Instant{to}, answers);
    return dissect_all(answers);
  }
  const TcpStack& stack() const { return stack_; }

 private:
  static HostSettings open(HostSettings settings) {
    settings.open = {{{443, 443}}};
    return settings;
  }
  static std::vector<wire::Datagram> dissect_all(const std::vector<Packet>& packets) {
    std::vector<wire::Datagram> datagrams;
    for (const Packet& packet : packets) {
      datagrams.push_back(dissected(packet));
    }
    return datagrams;
  }
  TcpStack stack_;
};

/// "SA ack", "RA ack", "A ack", "R seq" or "-".
std::string shape(const std::vector<wire::Datagram>& answers) {
  if (answers.empty()) {
    return "-";
  }
  const wire::TcpHeader& header = answers.front().tcp()->header;
  const auto has = [&](wire::TcpFlag flag) { return header.flags.has(flag); };
  std::string text = std::string{has(wire::TcpFlag::Syn) ? "S" : ""}
                     + (has(wire::TcpFlag::Rst) ? "R" : "") + (has(wire::TcpFlag::Ack) ? "A" : "");
  const bool acks = has(wire::TcpFlag::Ack);
  return text + " " + std::to_string(acks ? header.acknowledgement : header.sequence);
}

TEST(TcpStack, AnswersAscendingSequencesInsideTheWindowOpenAndClosedInTurn) {
  LinuxServer server;
  EXPECT_EQ(shape(server.get({.sequence = 1000})), "SA 1001");
  EXPECT_EQ(shape(server.get({.sequence = 1001})), "RA 1002");
  EXPECT_EQ(shape(server.get({.sequence = 1002})), "SA 1003");
  EXPECT_EQ(shape(server.get({.sequence = 1003})), "RA 1004");
}

TEST(TcpStack, AcknowledgesTheFirstProbeOnceWhenSequencesAreFarApart) {
  LinuxServer server;
  EXPECT_EQ(shape(server.get({.sequence = 1000})), "SA 1001");
  EXPECT_EQ(shape(server.get({.sequence = 1000 + (1U << 24)})), "A 1001");
  EXPECT_EQ(shape(server.get({.sequence = 1000 + (2U << 24)}, 1ms)), "-");
  EXPECT_EQ(shape(server.get({.sequence = 1000 + (3U << 24)}, 499ms)), "-");
  EXPECT_EQ(shape(server.get({.sequence = 1000 + (4U << 24)}, 501ms)), "A 1001");
}

TEST(TcpStack, TakesDescendingSequencesForOutOfWindow) {
  LinuxServer server;
  EXPECT_EQ(shape(server.get({.sequence = 1000})), "SA 1001");
  EXPECT_EQ(shape(server.get({.sequence = 900})), "A 1001");
  EXPECT_EQ(shape(server.get({.sequence = 800})), "-");
}

TEST(TcpStack, AnswersARetransmissionOnceInHalfASecond) {
  LinuxServer server;
  EXPECT_EQ(shape(server.get({.sequence = 1000})), "SA 1001");
  EXPECT_EQ(shape(server.get({.sequence = 1000})), "SA 1001");
  EXPECT_EQ(shape(server.get({.sequence = 1000}, 10ms)), "-");
  EXPECT_EQ(shape(server.get({.sequence = 1000}, 510ms)), "SA 1001");
}

TEST(TcpStack, AnswersEveryFlowForItself) {
  LinuxServer server;
  for (std::uint16_t port = 45000; port < 45006; ++port) {
    EXPECT_EQ(shape(server.get({.source_port = port})), "SA 1001");
  }
  EXPECT_EQ(server.stack().half_open(), 6U);
}

TEST(TcpStack, ForgetsTheRequestWhenTheKernelOfTheProberResetsIt) {
  LinuxServer server;
  server.get({.sequence = 1000});
  ASSERT_EQ(server.stack().half_open(), 1U);
  EXPECT_EQ(shape(server.get({.sequence = 1001, .flags = wire::TcpFlag::Rst})), "-");
  EXPECT_EQ(server.stack().half_open(), 0U);
  EXPECT_EQ(shape(server.get({.sequence = 5000})), "SA 5001");
}

TEST(TcpStack, ChallengesAResetThatIsOnlyInTheWindow) {
  LinuxServer server;
  server.get({.sequence = 1000});
  EXPECT_EQ(shape(server.get({.sequence = 1002, .flags = wire::TcpFlag::Rst})), "A 1001");
  EXPECT_EQ(shape(server.get({.sequence = 1002, .flags = wire::TcpFlag::Rst})), "-");  // limited
  EXPECT_EQ(server.stack().half_open(), 1U);
}

TEST(TcpStack, RepeatsTheSynAckAfter1And3And7And15And31Seconds) {
  LinuxServer server;
  server.get({});
  for (const Duration at : {1s, 3s, 7s, 15s, 31s}) {
    EXPECT_TRUE(server.advance(at - 1ns).empty());
    EXPECT_EQ(shape(server.advance(at)), "SA 1001");
  }
  EXPECT_EQ(server.stack().half_open(), 1U);
  EXPECT_TRUE(server.advance(200s).empty());
  EXPECT_EQ(server.stack().half_open(), 0U);
}

TEST(TcpStack, ResetsAClosedPortAcknowledgingEveryByte) {
  LinuxServer server;
  const auto answers = server.get({.port = 80, .payload = 10});
  EXPECT_EQ(shape(answers), "RA 1011");
  ASSERT_FALSE(answers.empty());
  EXPECT_EQ(answers.front().tcp()->header.sequence, 0U);
  EXPECT_EQ(answers.front().ip.ttl, Ttl{64});
  EXPECT_EQ(answers.front().ip.id, 0);
  EXPECT_TRUE(answers.front().ip.dont_fragment);
}

TEST(TcpStack, DoesNotAcknowledgePayloadOfASyn) {
  LinuxServer server;
  EXPECT_EQ(shape(server.get({.payload = 10})), "SA 1001");
}

TEST(TcpStack, ResetsABareAckOnOpenAndClosedPortsAlike) {
  for (const auto port : {std::uint16_t{443}, std::uint16_t{80}}) {
    LinuxServer server;
    const Probe ack{.port = port, .flags = wire::TcpFlag::Ack, .acknowledgement = 777};
    EXPECT_EQ(shape(server.get(ack)), "R 777");
  }
}

TEST(TcpStack, IsSilentToStrangeSegmentsOnAnOpenPort) {
  using enum wire::TcpFlag;
  LinuxServer server;
  for (const wire::TcpFlags flags :
       {Syn | Fin, Syn | Rst, wire::TcpFlags{Fin}, wire::TcpFlags{}, Fin | Psh | Urg}) {
    EXPECT_EQ(shape(server.get({.flags = flags})), "-") << flags.bits();
    const bool reset = flags.has(Rst);
    EXPECT_EQ(shape(server.get({.port = 80, .flags = flags})).substr(0, 2), reset ? "-" : "RA");
  }
}

TEST(TcpStack, OffersTheOptionsOfLinuxAndReflectsTheTimestamp) {
  LinuxServer server;
  const auto answers = server.get({.stamp = 0xabcd});
  ASSERT_FALSE(answers.empty());
  const wire::TcpHeader& header = answers.front().tcp()->header;
  EXPECT_EQ(header.window, 65160);
  ASSERT_TRUE(header.options.timestamps());
  EXPECT_EQ(header.options.timestamps()->echo, 0xabcdU);
  std::vector<int> kinds;
  for (const wire::TcpOption& option : header.options.list()) {
    kinds.push_back(option.kind);
  }
  EXPECT_EQ(kinds, (std::vector<int>{2, 4, 8, 1, 3}));
}

TEST(TcpStack, OffersOnlyTheMssToABareSyn) {
  LinuxServer server;
  const auto answers = server.get({});
  ASSERT_FALSE(answers.empty());
  EXPECT_EQ(answers.front().tcp()->header.options.list().size(), 1U);
  EXPECT_EQ(answers.front().tcp()->header.options.maximum_segment_size(), 1460);
}

TEST(TcpStack, AgreesToEcnOnlyWhenTheSynItselfIsNotMarked) {
  using enum wire::TcpFlag;
  for (std::uint8_t ecn = 0; ecn < 4; ++ecn) {
    LinuxServer server;
    const auto answers = server.get({.tos = ecn, .flags = Syn | Ece | wire::TcpFlags{Cwr}});
    ASSERT_FALSE(answers.empty());
    EXPECT_EQ(answers.front().tcp()->header.flags.has(Ece), ecn == 0);
    EXPECT_FALSE(answers.front().tcp()->header.flags.has(Cwr));
  }
}

TEST(TcpStack, SendsCookiesWhenTheBacklogIsFullAndForgetsThem) {
  LinuxServer server{{.backlog = 64}};
  for (std::uint16_t i = 0; i < 200; ++i) {
    const auto port = static_cast<std::uint16_t>(20000 + i);
    EXPECT_EQ(shape(server.get({.source_port = port})), "SA 1001");
  }
  EXPECT_EQ(server.stack().half_open(), 65U);
  EXPECT_EQ(server.stack().cookies_sent(), 135U);
  EXPECT_EQ(server.advance(1s).size(), 65U);
}

TEST(TcpStack, OpensAConnectionFromItsCookie) {
  LinuxServer server{{.backlog = 0}};
  server.get({.source_port = 1});
  const auto answers = server.get({.source_port = 2, .sequence = 500});
  ASSERT_FALSE(answers.empty());
  ASSERT_EQ(server.stack().cookies_sent(), 1U);
  const std::uint32_t isn = answers.front().tcp()->header.sequence;
  const auto ack = [&](std::uint32_t number) {
    return Probe{
        .source_port = 2, .sequence = 501, .flags = wire::TcpFlag::Ack, .acknowledgement = number};
  };
  EXPECT_EQ(shape(server.get(ack(isn))), "R " + std::to_string(isn));
  EXPECT_EQ(shape(server.get(ack(isn + 1))), "-");
  EXPECT_EQ(server.stack().connections(), 2U);
}

TEST(TcpStack, DropsSynsBeyondTheBacklogWithoutCookies) {
  LinuxServer server{{.backlog = 0, .cookies = false}};
  EXPECT_EQ(shape(server.get({.source_port = 1})), "SA 1001");
  EXPECT_EQ(shape(server.get({.source_port = 2})), "-");
}

TEST(TcpStack, LooksAtNoMoreSynsThanItsLimit) {
  LinuxServer server{{.syn_rate = 2}};
  EXPECT_EQ(shape(server.get({.source_port = 1})), "SA 1001");
  EXPECT_EQ(shape(server.get({.source_port = 2})), "SA 1001");
  EXPECT_EQ(shape(server.get({.source_port = 3})), "-");
  EXPECT_EQ(shape(server.get({.source_port = 4}, 500ms)), "SA 1001");
}

TEST(TcpStack, CompletesAHandshakeAndClosesWhenAsked) {
  using enum wire::TcpFlag;
  LinuxServer server;
  const auto answers = server.get({.sequence = 1000});
  ASSERT_FALSE(answers.empty());
  const std::uint32_t next = answers.front().tcp()->header.sequence + 1;
  const auto segment = [&](wire::TcpFlags flags, std::uint32_t sequence, std::uint32_t ack) {
    return Probe{.sequence = sequence, .flags = flags, .acknowledgement = ack};
  };
  EXPECT_EQ(shape(server.get(segment(Ack, 1001, next))), "-");
  EXPECT_EQ(server.stack().half_open(), 0U);
  EXPECT_EQ(shape(server.get(segment(Syn, 9999, 0))), "A 1001");
  const auto fin = server.get(segment(Fin | Ack, 1001, next));
  EXPECT_EQ(shape(fin), "A 1002");
  ASSERT_FALSE(fin.empty());
  EXPECT_TRUE(fin.front().tcp()->header.flags.has(Fin));
  EXPECT_EQ(shape(server.get(segment(Ack, 1002, next + 1))), "-");
  EXPECT_EQ(server.stack().connections(), 0U);
}

TEST(TcpStack, ResetsInItsOwnWayWhenToldTo) {
  LinuxServer no_ack{{.reset = ResetStyle::NoAck}};
  EXPECT_EQ(shape(no_ack.get({.port = 80})), "R 0");
  LinuxServer same{{.reset = ResetStyle::AckSame}};
  EXPECT_EQ(shape(same.get({.port = 80})), "RA 1000");
  LinuxServer last{{.resets_last_ttl = true}};
  EXPECT_EQ(shape(last.get({.ttl = 1})), "RA 1001");
  EXPECT_EQ(shape(last.get({.ttl = 2})), "SA 1001");
  LinuxServer picky{{.drops_bare_syn = true}};
  EXPECT_EQ(shape(picky.get({})), "-");
  EXPECT_EQ(shape(picky.get({.stamp = 1})), "SA 1001");
}

}  // namespace
}  // namespace synroute::sim
