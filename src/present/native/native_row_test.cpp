// SPDX-License-Identifier: Apache-2.0
#include "present/native/native_row.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

namespace synroute::present {
namespace {

using model::PortState;
using model::ReplyKind;
using support::address;
using support::TraceBuilder;

using Lines = std::vector<std::string>;

/// The lines of the only row of a trace.
Lines lines(
    TraceBuilder& built,
    RowLayout layout = {},
    const std::optional<RowEnd>& end = std::nullopt,
    const NameCache& names = {}) {
  if (end) {
    built.trace().verdict.distance = Ttl{1};
  }
  return answered_row(model::hops(built.trace()).front(), names, layout, end);
}

TEST(AnsweredRow, AlignsAddressNameAndTimes) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {0.412, 12.34, 123.46});
  NameCache names;
  names.learn(address("192.0.2.1"), "gw.lan");
  EXPECT_EQ(
      lines(built, {}, std::nullopt, names),
      Lines{"  1  192.0.2.1        gw.lan                  0.4 ms  12.3 123.5"});
}

TEST(AnsweredRow, HasNoNameColumnWithoutNames) {
  TraceBuilder built;
  built.router(1, "255.255.255.255", {0.4, 0.5});
  EXPECT_EQ(lines(built, {.names = false}), Lines{"  1  255.255.255.255      0.4 ms   0.5"});
}

TEST(AnsweredRow, KeepsLostProbesInTheOrderOfTheAttempts) {
  TraceBuilder built;
  built.silent(1, 1).router(1, "192.0.2.1", {0.4}).silent(1, 1).router(1, "192.0.2.1", {0.5});
  built.trace().queries = 4;
  EXPECT_EQ(
      lines(built, {.names = false}), Lines{"  1  192.0.2.1              *   0.4 ms     *   0.5"});
}

TEST(AnsweredRow, TellsRefusedFromLost) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {0.4}).refused(1, model::Refusal::NoBuffers).silent(1, 1);
  EXPECT_EQ(lines(built, {.names = false}), Lines{"  1  192.0.2.1            0.4 ms     -     *"});
}

TEST(AnsweredRow, GivesEveryRouterALineAndItsUnit) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).router(1, "192.0.2.2", {2}).router(1, "192.0.2.1", {3});
  EXPECT_EQ(
      lines(built, {.names = false}),
      (Lines{"  1  192.0.2.1            1.0 ms   3.0", "     192.0.2.2            2.0 ms"}));
}

TEST(AnsweredRow, WidensTheAddressColumnForTheRowsThatFollow) {
  TraceBuilder built{"2001:db8::80"};
  built.router(1, "2001:db8:ffff:1234:5678:9abc:def0:1234", {1});
  RowLayout layout{.names = false};
  const auto rows = model::hops(built.trace());
  EXPECT_EQ(
      answered_row(rows.front(), {}, layout, std::nullopt),
      Lines{"  1  2001:db8:ffff:1234:5678:9abc:def0:1234      1.0 ms"});
  EXPECT_EQ(layout.address_width, 38U);
}

TEST(AnsweredRow, MarksIcmpErrors) {
  TraceBuilder built;
  built.unreachable(1, "192.0.2.1", 13, {1}).unreachable(1, "192.0.2.1", 4, {2});
  built.last_reply().next_hop_mtu = 1400;
  EXPECT_EQ(
      lines(built, {.names = false}), Lines{"  1  192.0.2.1            1.0 ms !X   2.0 !F-1400"});
}

TEST(AnsweredRow, MarksLateAnswersAndCopies) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {900}).late();
  built.router(1, "192.0.2.1", {1});
  built.last().duplicates = 1;
  built.router(1, "192.0.2.1", {1});
  built.last().duplicates = 3;
  EXPECT_EQ(
      lines(built, {.names = false}),
      Lines{"  1  192.0.2.1          900.0 ms late   1.0 dup   1.0 dup x3"});
}

TEST(AnsweredRow, ShowsEachLabelStackOnce) {
  TraceBuilder built;
  for (const std::uint32_t label : {24015U, 24015U, 24016U}) {
    built.router(1, "192.0.2.1", {1});
    built.last_reply().extensions.mpls = {{.label = label, .bottom = true, .ttl = 1}};
  }
  EXPECT_EQ(
      lines(built, {.names = false}),
      Lines{"  1  192.0.2.1            1.0 ms   1.0   1.0"
            "  <MPLS:L=24015,E=0,S=1,T=1>  <MPLS:L=24016,E=0,S=1,T=1>"});
}

TEST(AnsweredRow, PutsTheStateOnTheLineOfTheRouterThatDecided) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).target(1, ReplyKind::SynAck, {2});
  const RowEnd end{PortState::Open, "open", address("203.0.113.80")};
  EXPECT_EQ(
      lines(built, {.names = false}, end),
      (Lines{"  1  192.0.2.1            1.0 ms", "     203.0.113.80         2.0 ms   open"}));
}

TEST(AnsweredRow, MarksSegmentsThatDidNotDecideTheState) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {1}).target(1, ReplyKind::Rst, {2});
  built.target(1, ReplyKind::Ack, {3});
  EXPECT_EQ(
      lines(built, {.names = false}, RowEnd{PortState::Open, "open", address("203.0.113.80")}),
      Lines{"  1  203.0.113.80         1.0 ms   2.0 rst   3.0 ack   open"});
  EXPECT_EQ(
      lines(built, {.names = false}, RowEnd{PortState::Closed, "closed", address("203.0.113.80")}),
      Lines{"  1  203.0.113.80         1.0 ms syn-ack   2.0   3.0 ack   closed"});
}

TEST(AnsweredRow, ColoursTheStateWordAlone) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {1});
  const RowLayout layout{.palette = Palette{true}, .names = false};
  EXPECT_EQ(
      lines(built, layout, RowEnd{PortState::Open, "open", address("203.0.113.80")}),
      Lines{"  1  203.0.113.80         1.0 ms   \x1b[32mopen\x1b[0m"});
  EXPECT_EQ(
      lines(built, layout, RowEnd{PortState::Closed, "closed", address("203.0.113.80")}),
      Lines{"  1  203.0.113.80         1.0 ms syn-ack   \x1b[31mclosed\x1b[0m"});
}

TEST(SilenceText, TellsLostFromRefusedProbes) {
  TraceBuilder built;
  built.silent(1, 2).refused(2, model::Refusal::NotPermitted, 2).silent(3, 1);
  built.refused(3, model::Refusal::NotPermitted).waiting(4).silent(5, 1);
  const auto rows = model::hops(built.trace());
  EXPECT_EQ(silence_text(rows[0]), "no reply");
  EXPECT_EQ(silence_text(rows[1]), "not sent: not permitted");
  EXPECT_EQ(silence_text(rows[2]), "no reply");
  EXPECT_EQ(silence_text(rows[3]), "no reply yet");
}

TEST(FoldedRows, ShowSeveralOnOneLine) {
  EXPECT_EQ(folded_rows(Ttl{7}, Ttl{7}, "no reply", {}), Lines{"  7  no reply"});
  EXPECT_EQ(folded_rows(Ttl{7}, Ttl{14}, "no reply", {}), Lines{"  7-14  no reply"});
  EXPECT_EQ(
      folded_rows(Ttl{7}, Ttl{7}, "no reply", {.palette = Palette{true}}),
      Lines{"  7  \x1b[2mno reply\x1b[0m"});
}

/// Rows with a long name, at the width of a terminal.
class NarrowRow : public testing::Test {
 protected:
  Lines at(std::size_t columns, const std::optional<RowEnd>& end = std::nullopt) {
    return lines(built, {.columns = columns}, end, names);
  }
  void name(const std::string& text) { names.learn(address("203.0.113.80"), text); }

  TraceBuilder built;
  NameCache names;
};

const RowEnd kOpen{PortState::Open, "open", address("203.0.113.80")};

TEST_F(NarrowRow, HasANarrowerColumnOfNames) {
  built.target(1, ReplyKind::SynAck, {12.3, 12.2, 12.4});
  name("shop.example");
  EXPECT_EQ(at(60), Lines{"  1  203.0.113.80     shop.example      12.3 ms  12.2  12.4"});
  EXPECT_EQ(
      at(80, kOpen),
      Lines{"  1  203.0.113.80     shop.example           12.3 ms  12.2  12.4   open"});
}

TEST_F(NarrowRow, HasItsTimesBelowALongName) {
  built.target(1, ReplyKind::SynAck, {12.3, 12.2, 12.4});
  name("ae1-3200.core1.frankfurt.example.net");
  EXPECT_EQ(
      at(80, kOpen),
      (Lines{
          "  1  203.0.113.80     ae1-3200.core1.frankfurt.example.net",
          "                                             12.3 ms  12.2  12.4   open"}));
  EXPECT_EQ(
      at(95, kOpen),
      (Lines{
          "  1  203.0.113.80     ae1-3200.core1.frankfurt.example.net   12.3 ms  12.2  12.4   open"}));
}

TEST_F(NarrowRow, BreaksOnlyANameThatIsWiderThanTheTerminal) {
  built.target(1, ReplyKind::SynAck, {12.3});
  name(std::string(70, 'a') + ".example");
  EXPECT_EQ(
      at(60),
      (Lines{
          "  1  203.0.113.80",
          "     " + std::string(54, 'a'),
          "     " + std::string(16, 'a') + ".example           12.3 ms"}));
}

TEST_F(NarrowRow, CountsColumnsNotBytes) {
  built.target(1, ReplyKind::SynAck, {12.3});
  name("東京.example");
  EXPECT_EQ(at(80), Lines{"  1  203.0.113.80     東京.example           12.3 ms"});
}

TEST_F(NarrowRow, HasLabelsThatDoNotFitOnFurtherLines) {
  built.target(1, ReplyKind::SynAck, {1});
  built.last_reply().extensions.mpls = {
      {.label = 24015, .bottom = false, .ttl = 1},
      {.label = 24016, .bottom = false, .ttl = 1},
      {.label = 24017, .bottom = true, .ttl = 1}};
  EXPECT_EQ(
      at(60, kOpen),
      (Lines{
          "  1  203.0.113.80                        1.0 ms",
          "     <MPLS:L=24015,E=0,S=0,T=1/L=24016,E=0,S=0,T=1",
          "     /L=24017,E=0,S=1,T=1>   open"}));
}

TEST_F(NarrowRow, ContinuesManyTimesBelowTheFirst) {
  built.target(1, ReplyKind::SynAck, {12.3, 12.3, 12.3, 12.3, 12.3, 12.3, 12.3, 12.3, 12.3});
  EXPECT_EQ(
      at(80),
      (Lines{
          "  1  203.0.113.80                            12.3 ms  12.3  12.3  12.3  12.3",
          "                                             12.3  12.3  12.3  12.3"}));
}

}  // namespace
}  // namespace synroute::present
