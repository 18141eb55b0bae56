// SPDX-License-Identifier: Apache-2.0
#include "present/tcptraceroute/tcptraceroute_row.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace synroute::present {
namespace {

using model::ReplyKind;
using support::address;
using support::ms;
using wire::TcpFlag;

constexpr wire::TcpFlags kSynAck = TcpFlag::Syn | TcpFlag::Ack;
constexpr wire::TcpFlags kRstAck = TcpFlag::Rst | TcpFlag::Ack;

const IpAddress kA = address("192.0.2.1");
const IpAddress kB = address("192.0.2.2");
const IpAddress kD = address("203.0.113.80");

model::Reply reply(ReplyKind kind, const IpAddress& from) {
  model::Reply result;
  result.kind = kind;
  result.from = from;
  result.rtt = ms(1.5);
  return result;
}
model::Reply expired(const IpAddress& from) {
  return reply(ReplyKind::TimeExceeded, from);
}
model::Reply tcp(wire::TcpFlags flags) {
  model::Reply result = reply(
      flags.has(TcpFlag::Rst)   ? ReplyKind::Rst
      : flags.has(TcpFlag::Syn) ? ReplyKind::SynAck
                                : ReplyKind::Ack,
      kD);
  result.flags = flags;
  return result;
}
model::Reply unreachable(const IpAddress& from, std::uint8_t type, std::uint8_t code) {
  model::Reply result = reply(ReplyKind::Unreachable, from);
  result.icmp_type = type;
  result.icmp_code = code;
  return result;
}
model::Reply quoting(const IpAddress& from, const IpAddress& destination, Port port) {
  model::Reply result = expired(from);
  result.quote = wire::Quote{
      .source = kA,
      .destination = destination,
      .protocol = 6,
      .tcp = wire::QuotedTcp{.destination_port = port}};
  return result;
}

/// The line of one hop: an answer, or nothing, per probe.
std::string line(
    int ttl,
    const std::vector<std::optional<model::Reply>>& replies,
    TcptracerouteRows& rows,
    const NameCache& names = {}) {
  std::string text;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    model::ProbeRecord record;
    record.probe.target = kD;
    record.probe.target_port = Port{80};
    record.state = model::Lost{};
    if (replies[i]) {
      record.state = model::Answered{.reply = *replies[i], .late = false};
    }
    text += rows.print(
        {.ttl = Ttl{static_cast<std::uint8_t>(ttl)},
         .first = i == 0,
         .last = i + 1 == replies.size(),
         .record = record},
        names);
  }
  return text;
}
std::string line(int ttl, const std::vector<std::optional<model::Reply>>& replies) {
  TcptracerouteRows rows{{}};
  return line(ttl, replies, rows);
}

constexpr std::nullopt_t kLost = std::nullopt;

TEST(TcptracerouteRow, NamesARouterOnceFollowedByItsTimes) {
  EXPECT_EQ(
      line(1, {expired(kA), expired(kA), expired(kA)}),
      " 1  192.0.2.1  1.500 ms  1.500 ms  1.500 ms\n");
}

TEST(TcptracerouteRow, AlignsTheTtlInTwoColumnsAndLetsThreeOverflow) {
  EXPECT_EQ(line(10, {kLost}), "10  *\n");
  EXPECT_EQ(line(9, {kLost}), " 9  *\n");
  EXPECT_EQ(line(255, {kLost}), "255  *\n");
}

TEST(TcptracerouteRow, PutsTheNameBeforeTheAddress) {
  NameCache names;
  names.learn(kA, "gw.example");
  names.learn(kB, "192.0.2.2");  // a name that is the address itself is none
  TcptracerouteRows rows{{}};
  EXPECT_EQ(
      line(1, {expired(kA), expired(kA)}, rows, names),
      " 1  gw.example (192.0.2.1)  1.500 ms  1.500 ms\n");
  EXPECT_EQ(line(2, {expired(kB)}, rows, names), " 2  192.0.2.2  1.500 ms\n");
}

TEST(TcptracerouteRow, NamesPrivateAddressesOnlyWhenAskedTo) {
  NameCache names;
  const IpAddress inside = address("10.1.2.3");
  const IpAddress shared = address("100.64.0.1");
  names.learn(inside, "inside.lan");
  names.learn(shared, "cgn.example");
  TcptracerouteRows usual{{}};
  EXPECT_EQ(line(1, {expired(inside)}, usual, names), " 1  10.1.2.3  1.500 ms\n");
  EXPECT_EQ(line(1, {expired(shared)}, usual, names), " 1  cgn.example (100.64.0.1)  1.500 ms\n");
  TcptracerouteRows all{{.private_names = true}};
  EXPECT_EQ(line(1, {expired(inside)}, all, names), " 1  inside.lan (10.1.2.3)  1.500 ms\n");
  TcptracerouteRows none{{.names = false, .private_names = true}};
  EXPECT_EQ(line(1, {expired(shared)}, none, names), " 1  100.64.0.1  1.500 ms\n");
}

TEST(TcptracerouteRow, MakesNamesSafeForATerminal) {
  NameCache names;
  names.learn(kA, "evil\x1b[2J.example");
  TcptracerouteRows rows{{}};
  EXPECT_EQ(line(1, {expired(kA)}, rows, names).find('\x1b'), std::string::npos);
}

TEST(TcptracerouteRow, PutsOneSpaceAroundTimeouts) {
  EXPECT_EQ(line(7, {kLost, kLost, kLost}), " 7  * * *\n");
  EXPECT_EQ(line(1, {kLost, expired(kA), expired(kA)}), " 1  * 192.0.2.1 1.500 ms  1.500 ms\n");
  EXPECT_EQ(line(4, {kLost, kLost, expired(kB)}), " 4  * * 192.0.2.2 1.500 ms\n");
  EXPECT_EQ(line(2, {expired(kA), kLost, expired(kA)}), " 2  192.0.2.1  1.500 ms * 1.500 ms\n");
}

TEST(TcptracerouteRow, GivesEveryChangeOfRouterALine) {
  EXPECT_EQ(
      line(6, {expired(kA), expired(kB), expired(kA)}),
      " 6  192.0.2.1  1.500 ms\n    192.0.2.2  1.500 ms\n    192.0.2.1  1.500 ms\n");
  EXPECT_EQ(
      line(5, {kLost, expired(kA), expired(kB)}),
      " 5  * 192.0.2.1 1.500 ms\n    192.0.2.2  1.500 ms\n");
}

TEST(TcptracerouteRow, GivesALineToARouterAfterATimeoutOfAnother) {
  EXPECT_EQ(
      line(3, {expired(kA), kLost, expired(kB)}),
      " 3  192.0.2.1  1.500 ms *\n    192.0.2.2  1.500 ms\n");
}

TEST(TcptracerouteRow, PutsTheStateAfterTheTargetAndItsChangesBetweenTheTimes) {
  EXPECT_EQ(
      line(3, {tcp(kSynAck), tcp(kSynAck), tcp(kSynAck)}),
      " 3  203.0.113.80 [open]  1.500 ms  1.500 ms  1.500 ms\n");
  EXPECT_EQ(
      line(2, {tcp(kSynAck), tcp(kRstAck), tcp(kSynAck)}),
      " 2  203.0.113.80 [open]  1.500 ms [closed]  1.500 ms [open]  1.500 ms\n");
  EXPECT_EQ(
      line(2, {tcp(kSynAck), kLost, tcp(kRstAck)}),
      " 2  203.0.113.80 [open]  1.500 ms * [closed] 1.500 ms\n");
  EXPECT_EQ(
      line(2, {kLost, tcp(kSynAck), tcp(kRstAck)}),
      " 2  * 203.0.113.80 [open] 1.500 ms [closed]  1.500 ms\n");
  EXPECT_EQ(
      line(2, {expired(kA), tcp(kSynAck), tcp(kRstAck)}),
      " 2  192.0.2.1  1.500 ms\n    203.0.113.80 [open]  1.500 ms [closed]  1.500 ms\n");
}

TEST(TcptracerouteRow, RepeatsTheStateWhenTheTargetReappears) {
  EXPECT_EQ(
      line(2, {tcp(kSynAck), expired(kA), tcp(kSynAck)}),
      " 2  203.0.113.80 [open]  1.500 ms\n    192.0.2.1  1.500 ms\n"
      "    203.0.113.80 [open]  1.500 ms\n");
}

TEST(TcptracerouteRow, MarksUnreachablesAfterTheTime) {
  EXPECT_EQ(
      line(2, {unreachable(kA, 3, 1), unreachable(kA, 3, 1), unreachable(kA, 3, 1)}),
      " 2  192.0.2.1  1.500 ms !H  1.500 ms !H  1.500 ms !H\n");
  EXPECT_EQ(
      line(2, {unreachable(kA, 3, 1), expired(kA), kLost}),
      " 2  192.0.2.1  1.500 ms !H  1.500 ms *\n");
}

TEST(TcptracerouteRow, ShowsOtherIcmpErrorsOnlyWhenAskedTo) {
  const model::Reply problem = unreachable(kA, 12, 0);
  EXPECT_EQ(line(2, {problem}), " 2  *\n");
  TcptracerouteRows all{{.any_icmp = true}};
  EXPECT_EQ(line(2, {problem}, all), " 2  192.0.2.1  1.500 ms -- Unexpected ICMP\n");
}

TEST(TcptracerouteRow, TreatsAnAnswerBeyondTheWaitAsLost) {
  model::Reply slow = expired(kA);
  slow.rtt = std::chrono::milliseconds{3001};
  EXPECT_EQ(line(2, {slow}), " 2  *\n");
}

TEST(TcptracerouteMark, HasALetterForEveryCodeOfIpv4) {
  constexpr std::string_view kExpected[] = {
      "!N", "!H", "!P", "!p", "!F", "!S", "!U", "!U", "!I", "!A", "!C", "!T", "!T", "!A"};
  for (std::uint8_t code = 0; code < std::size(kExpected); ++code) {
    EXPECT_EQ(tcptraceroute_mark(unreachable(kA, 3, code)), " " + std::string{kExpected[code]});
  }
  EXPECT_EQ(tcptraceroute_mark(unreachable(kA, 3, 14)), " !<14>");
  EXPECT_EQ(tcptraceroute_mark(unreachable(kA, 3, 255)), " !<255>");
  EXPECT_EQ(tcptraceroute_mark(unreachable(kA, 12, 0)), " -- Unexpected ICMP");
  EXPECT_EQ(tcptraceroute_mark(expired(kA)), "");
}

TEST(TcptracerouteMark, UsesTheLettersOfEquivalentCodesForIpv6) {
  const IpAddress from = address("2001:db8::1");
  constexpr std::string_view kExpected[] = {"!N", "!A", "!I", "!H", "!p", "!A", "!A", "!<7>"};
  for (std::uint8_t code = 0; code < std::size(kExpected); ++code) {
    EXPECT_EQ(tcptraceroute_mark(unreachable(from, 1, code)), " " + std::string{kExpected[code]});
  }
  EXPECT_EQ(tcptraceroute_mark(unreachable(from, 2, 0)), " !F");
  EXPECT_EQ(tcptraceroute_mark(unreachable(from, 4, 1)), " !P");
  EXPECT_EQ(tcptraceroute_mark(unreachable(from, 4, 0)), " !<0>");
}

TEST(TcptracerouteState, NamesEveryMixtureOfFlags) {
  EXPECT_EQ(tcptraceroute_state(tcp(kSynAck)), "open");
  EXPECT_EQ(tcptraceroute_state(tcp(kSynAck | TcpFlag::Ece)), "open, ecn");
  EXPECT_EQ(tcptraceroute_state(tcp(kSynAck | TcpFlag::Ece | TcpFlag::Cwr)), "open, ecn");
  EXPECT_EQ(tcptraceroute_state(tcp(kSynAck | TcpFlag::Rst)), "closed");
  EXPECT_EQ(tcptraceroute_state(tcp(TcpFlag::Ack)), "unknown, ACK");
  EXPECT_EQ(tcptraceroute_state(tcp(TcpFlag::Syn)), "unknown, SYN");
  EXPECT_EQ(tcptraceroute_state(tcp(TcpFlag::Ack | TcpFlag::Psh)), "unknown, ACK PSH");
  EXPECT_EQ(tcptraceroute_state(tcp({})), "unknown, no flags");
  EXPECT_EQ(tcptraceroute_state(tcp(wire::TcpFlags{0xeb})), "unknown, SYN PSH FIN URG CWR ECN");
  EXPECT_EQ(tcptraceroute_state(expired(kA)), "");
}

TEST(TcptracerouteDnat, IsShownOnceForEveryChange) {
  TcptracerouteRows rows{{.dnat = DnatDisplay::Show}};
  const IpAddress inner = address("10.9.8.7");
  EXPECT_EQ(
      line(2, {quoting(kB, inner, Port{80}), quoting(kB, inner, Port{80})}, rows),
      "      Detected DNAT to 10.9.8.7\n 2  192.0.2.2  1.500 ms  1.500 ms\n");
  EXPECT_EQ(line(3, {quoting(kB, inner, Port{80})}, rows), " 3  192.0.2.2  1.500 ms\n");
  EXPECT_EQ(
      line(4, {quoting(kB, inner, Port{8080})}, rows),
      "      Detected DNAT to 10.9.8.7:8080\n 4  192.0.2.2  1.500 ms\n");
}

TEST(TcptracerouteDnat, BreaksTheLineBeforeTheProbeThatRevealsIt) {
  TcptracerouteRows rows{{.dnat = DnatDisplay::Show}};
  EXPECT_EQ(
      line(7, {expired(kA), quoting(kB, address("10.9.8.7"), Port{80}), expired(kA)}, rows),
      " 7  192.0.2.1  1.500 ms\n      Detected DNAT to 10.9.8.7\n    \n    192.0.2.2  1.500 ms\n"
      "    192.0.2.1  1.500 ms\n");
}

TEST(TcptracerouteDnat, OfThePortAloneHasNoAddress) {
  TcptracerouteRows rows{{.dnat = DnatDisplay::Show}};
  EXPECT_EQ(
      line(2, {quoting(kB, kD, Port{8080})}, rows),
      "      Detected DNAT to 0.0.0.0:8080\n 2  192.0.2.2  1.500 ms\n");
}

TEST(TcptracerouteDnat, IsNotMentionedByDefault) {
  EXPECT_EQ(line(2, {quoting(kB, address("10.9.8.7"), Port{1})}), " 2  192.0.2.2  1.500 ms\n");
}

TEST(TcptracerouteDnat, MakesAnAnswerLostWhenStrict) {
  TcptracerouteRows rows{{.dnat = DnatDisplay::Strict}};
  model::Reply barred = unreachable(kB, 3, 1);
  barred.quote = quoting(kB, address("10.9.8.7"), Port{80}).quote;
  EXPECT_EQ(
      line(2, {quoting(kB, address("10.9.8.7"), Port{80}), barred}, rows),
      " 2  * 192.0.2.2 1.500 ms !H\n");
  EXPECT_EQ(line(3, {quoting(kB, kD, Port{8080})}, rows), " 3  *\n");
}

}  // namespace
}  // namespace synroute::present
