// SPDX-License-Identifier: Apache-2.0
#include "present/native/native.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

namespace synroute::present {
namespace {

using model::PortState;
using model::ReplyKind;
using model::StopReason;
using support::address;
using support::ms;
using support::TraceBuilder;

Instant at(double milliseconds_in) {
  return Instant{ms(milliseconds_in)};
}

/// The event that a row of a trace has settled.
model::HopSettled row(const TraceBuilder& built, std::size_t index) {
  const auto rows = model::hops(built.trace());
  model::HopSettled settled{.ttl = rows.at(index).ttl, .probes = {}};
  for (const model::ProbeRecord* record : rows.at(index).probes) {
    settled.probes.push_back(*record);
  }
  return settled;
}

/// A presenter fed with single events.
class NativeTest : public testing::Test {
 protected:
  std::string tell(double when, auto what) { return native->on({at(when), std::move(what)}).out; }
  void start(const NativeOptions& options) {
    native = std::make_unique<Native>(options);
    tell(0, model::TraceStarted{TraceBuilder{}.trace()});
  }
  std::string finish(double when, model::Verdict verdict, bool decided = true) {
    built.verdict(verdict, decided);
    return tell(when, model::TraceFinished{built.trace()});
  }

  TraceBuilder built;
  std::unique_ptr<Native> native;
};

const model::Verdict kGivenUp{.stop = StopReason::GapLimit};
const std::string kFirst = "  1  192.0.2.1            1.0 ms\n";
const std::string kSecond = "  2  192.0.2.2            2.0 ms\n";

TEST_F(NativeTest, PrintsTheHeaderBeforeAnythingIsKnown) {
  Native fresh{{}};
  EXPECT_EQ(
      fresh.on({at(0), model::TraceStarted{built.trace()}}).out,
      "shop.example (203.0.113.80) port 443 (https), from 192.0.2.7 via eth0\n\n");
}

TEST_F(NativeTest, PrintsARowAsSoonAsItAndAllBeforeItAreSettled) {
  start({.names = false});
  built.router(1, "192.0.2.1", {1}).router(2, "192.0.2.2", {2}).router(3, "192.0.2.3", {3});
  EXPECT_EQ(tell(1, row(built, 1)), "");
  EXPECT_EQ(tell(2, row(built, 0)), kFirst + kSecond);
  EXPECT_EQ(tell(3, row(built, 2)), "  3  192.0.2.3            3.0 ms\n");
}

TEST_F(NativeTest, StartsWithTheFirstTtlAskedFor) {
  native = std::make_unique<Native>(NativeOptions{.names = false});
  built.trace().first_ttl = 2;
  tell(0, model::TraceStarted{built.trace()});
  built.router(2, "192.0.2.2", {2});
  EXPECT_EQ(tell(1, row(built, 0)), kSecond);
}

TEST_F(NativeTest, HoldsSilentRowsBackUntilALaterOneIsPrinted) {
  start({.names = false});
  built.silent(1).silent(2).router(3, "192.0.2.3", {3});
  EXPECT_EQ(tell(1, row(built, 0)), "");
  EXPECT_EQ(tell(2, row(built, 1)), "");
  EXPECT_EQ(tell(3, row(built, 2)), "  1-2  no reply\n  3  192.0.2.3            3.0 ms\n");
}

TEST_F(NativeTest, SeparatesTracesByABlankLine) {
  native = std::make_unique<Native>(NativeOptions{.follows = true});
  EXPECT_TRUE(tell(0, model::TraceStarted{built.trace()}).starts_with("\nshop.example "));
}

TEST_F(NativeTest, FoldsSilentRowsAtTheEnd) {
  start({.names = false});
  built.router(1, "192.0.2.1", {1}).silent(2).silent(3);
  tell(1, row(built, 0));
  EXPECT_EQ(tell(2, row(built, 1)), "");
  EXPECT_EQ(tell(2, row(built, 2)), "");
  EXPECT_EQ(
      finish(3, kGivenUp, false),
      "  2-3  no reply\n\n"
      "filtered: no answer from 203.0.113.80 port 443; last answering hop: 1 (192.0.2.1)\n");
  EXPECT_TRUE(native->done());
}

TEST_F(NativeTest, GivesTheShortestWaitOfFoldedRows) {
  start({.names = false});
  built.router(1, "192.0.2.1", {1}).silent(2, 1);
  built.last().state = model::Lost{std::chrono::milliseconds{1350}};
  built.silent(3, 1);
  built.last().state = model::Lost{std::chrono::milliseconds{450}};
  tell(1, row(built, 0));
  EXPECT_TRUE(finish(3, kGivenUp, false).starts_with("  2-3  no answer within 0.4 s\n"));
}

TEST_F(NativeTest, GivesTheWaitOfASilentRow) {
  start({.names = false});
  built.silent(1, 1);
  built.last().state = model::Lost{std::chrono::milliseconds{64}};
  built.router(2, "192.0.2.2", {2});
  tell(1, row(built, 0));
  EXPECT_EQ(tell(1, row(built, 1)), "  1  no answer within 64 ms\n" + kSecond);
}

const std::string kSoFar =
    "filtered so far; listening 1.8 s more for a report that the host is down\n";
const std::string kErase = "\x1b[1A\r\x1b[J";

TEST_F(NativeTest, SaysOnATerminalWhatIsKnownSoFarAndReplacesIt) {
  start({.names = false, .rewrite = true});
  built.router(1, "192.0.2.1", {1}).silent(2);
  tell(1, row(built, 0));
  EXPECT_EQ(tell(1400, model::ProvisionalVerdict{.verdict = {}, .until = at(3200)}), kSoFar);
  EXPECT_EQ(native->advance(at(1500)).out, "") << "once";
  EXPECT_EQ(
      finish(3200, kGivenUp, false),
      kErase
          + "  2  no reply\n\nfiltered: no answer from 203.0.113.80 port 443; last answering hop: 1 (192.0.2.1)\n");
}

TEST_F(NativeTest, TakesBackWhatWasSoFarWhenTheTraceGoesOn) {
  start({.names = false, .rewrite = true});
  built.router(1, "192.0.2.1", {1}).router(2, "192.0.2.2", {2});
  tell(1, row(built, 0));
  tell(1400, model::ProvisionalVerdict{.verdict = {}, .until = at(3200)});
  EXPECT_EQ(tell(1500, row(built, 1)), kErase + kSecond);
}

TEST_F(NativeTest, SaysNothingProvisionalInAFile) {
  start({.names = false});
  EXPECT_EQ(tell(1400, model::ProvisionalVerdict{.verdict = {}, .until = at(3200)}), "");
}

TEST_F(NativeTest, FoldsTheRepetitionsOfARoutingLoop) {
  start({.names = false});
  for (int ttl = 1; ttl <= 7; ++ttl) {
    built.router(ttl, ttl % 2 == 1 ? "192.0.2.1" : "192.0.2.2", {static_cast<double>(ttl)});
  }
  built.silent(8);
  std::string shown;
  for (std::size_t index = 0; index < 7; ++index) {
    shown += tell(static_cast<double>(index), row(built, index));
  }
  EXPECT_EQ(shown, kFirst + kSecond);
  EXPECT_EQ(
      finish(9, {.stop = StopReason::MaxTtl}, false),
      "  3-7  repeat hops 1-2\n"
      "  8  no reply\n\n"
      "filtered: no answer from 203.0.113.80 port 443 within 30 hops; routing loop from hop 1 on\n");
}

TEST_F(NativeTest, ShowsRepeatedRoutersWhenThePathGoesOn) {
  start({.names = false});
  built.router(1, "192.0.2.1", {1}).router(2, "192.0.2.2", {2}).router(3, "192.0.2.1", {3});
  EXPECT_EQ(tell(1, row(built, 0)) + tell(2, row(built, 1)), kFirst + kSecond);
  EXPECT_EQ(tell(3, row(built, 2)), "");
  const std::string third = "  3  192.0.2.1            3.0 ms\n";
  const TraceBuilder shorter = built;
  built.router(4, "192.0.2.4", {4});
  EXPECT_EQ(tell(4, row(built, 3)), third + "  4  192.0.2.4            4.0 ms\n");

  built = shorter;
  start({.names = false});
  tell(1, row(built, 0));
  tell(2, row(built, 1));
  tell(3, row(built, 2));
  EXPECT_TRUE(finish(4, kGivenUp, false).starts_with(third));
}

TEST_F(NativeTest, HoldsARowThatMayBeTheLastUntilTheVerdict) {
  start({.names = false});
  built.router(1, "192.0.2.1", {1}).target(2, ReplyKind::Rst, {2});
  tell(1, row(built, 0));
  EXPECT_EQ(tell(2, row(built, 1)), "");
  EXPECT_EQ(
      finish(3, {.state = PortState::Closed, .reached = true, .distance = Ttl{2}}),
      "  2  203.0.113.80         2.0 ms   closed\n\n"
      "closed: 203.0.113.80 refuses connections on port 443, 2 hops away, 2.0 ms\n");
}

TEST_F(NativeTest, ShowsTheRowsUpToASmallerDistanceFoundLater) {
  start({.names = false});
  built.router(1, "192.0.2.1", {1}).target(3, ReplyKind::SynAck, {3});
  tell(1, row(built, 0));
  tell(2, model::DistanceKnown{Ttl{3}});
  EXPECT_EQ(tell(2, row(built, 2)), "");
  built.target(2, ReplyKind::SynAck, {2});
  tell(3, model::DistanceKnown{Ttl{2}});
  EXPECT_EQ(
      finish(4, {.state = PortState::Open, .reached = true, .distance = Ttl{2}}),
      "  2  203.0.113.80         2.0 ms   open\n\n"
      "open: 203.0.113.80 accepts connections on port 443, 2 hops away, 2.0 ms\n");
}

TEST_F(NativeTest, PrintsRowsBeyondAnUnreachableThatDidNotDecide) {
  start({.names = false});
  built.router(1, "192.0.2.1", {1}).unreachable(2, "192.0.2.2", 1, {2});
  built.router(3, "192.0.2.3", {3});
  EXPECT_EQ(tell(1, row(built, 1)) + tell(1, row(built, 2)) + tell(1, row(built, 0)), kFirst);
  EXPECT_TRUE(finish(9, kGivenUp, false)
                  .starts_with("  2  192.0.2.2            2.0 ms !H\n"
                               "  3  192.0.2.3            3.0 ms\n\nfiltered: "));
}

TEST_F(NativeTest, PrintsRowsThatNeverSettledAtTheEnd) {
  start({.names = false});
  built.router(1, "192.0.2.1", {1}).router(2, "192.0.2.2", {2}).waiting(2, 2);
  EXPECT_TRUE(finish(3, {.stop = StopReason::Interrupted}, false)
                  .starts_with(kFirst + kSecond + "\ninterrupted: "));
}

TEST_F(NativeTest, PutsALateAnswerIntoARowNotPrintedYet) {
  start({.names = false});
  built.router(1, "192.0.2.1", {1}).silent(2, 1).silent(3, 1);
  tell(1, row(built, 0));
  tell(2, row(built, 1));
  tell(2, row(built, 2));
  built.router(2, "192.0.2.2", {900}).late();
  model::ProbeRecord answered = built.last();
  answered.probe = built.trace().probes[1].probe;
  EXPECT_EQ(tell(901, model::ProbeSettled{answered}), "  2  192.0.2.2          900.0 ms late\n");
}

TEST_F(NativeTest, DoesNotRewriteAPrintedRowWithoutATerminal) {
  start({.name_wait = Duration{}});
  built.router(1, "192.0.2.1", {1});
  EXPECT_NE(tell(1, row(built, 0)), "");
  EXPECT_EQ(tell(2, model::NameKnown{address("192.0.2.1"), "gw.lan"}), "");
}

class NativeNames : public NativeTest {
 protected:
  static std::string named(int ttl, const std::string& name) {
    const std::string number = std::to_string(ttl);
    return "  " + number + "  192.0.2." + number + "        " + name
           + std::string(20 - name.size(), ' ') + "    " + number + ".0 ms\n";
  }
};

TEST_F(NativeNames, HoldARowUntilTheyAreKnown) {
  start({.name_wait = ms(50)});
  built.router(1, "192.0.2.1", {1});
  EXPECT_EQ(tell(1, row(built, 0)), "");
  EXPECT_EQ(native->deadline(), at(51));
  EXPECT_EQ(tell(20, model::NameKnown{address("192.0.2.1"), "gw.lan"}), named(1, "gw.lan"));
  EXPECT_EQ(native->deadline(), std::nullopt);
}

TEST_F(NativeNames, HoldARowForTheNameWaitAtMost) {
  start({.name_wait = ms(50)});
  built.router(1, "192.0.2.1", {1});
  EXPECT_EQ(tell(1, row(built, 0)), "");
  EXPECT_EQ(native->advance(at(50)).out, "");
  EXPECT_EQ(native->advance(at(51)).out, named(1, ""));
}

TEST_F(NativeNames, HoldTheEndAsLongAsTheLastRow) {
  start({.name_wait = ms(50)});
  built.target(1, ReplyKind::SynAck, {1});
  EXPECT_EQ(tell(1, row(built, 0)), "");
  EXPECT_EQ(finish(10, {.state = PortState::Open, .reached = true, .distance = Ttl{1}}), "");
  EXPECT_FALSE(native->done());
  EXPECT_EQ(native->deadline(), at(51)) << "the row has waited since it settled";
  EXPECT_TRUE(native->advance(at(51)).out.ends_with(" 1 hop away, 1.0 ms\n"));
  EXPECT_TRUE(native->done());
}

TEST_F(NativeNames, HoldNothingWhenInterrupted) {
  start({.name_wait = ms(50)});
  built.router(1, "192.0.2.1", {1});
  EXPECT_TRUE(finish(10, {.stop = StopReason::Interrupted}, false).starts_with(named(1, "")));
  EXPECT_TRUE(native->done());
}

class NativeRewrite : public NativeNames {
 protected:
  /// Prints rows 1…count, each without a name.
  void print_rows(int count, NativeOptions options) {
    options.rewrite = true;
    start(options);
    for (int ttl = 1; ttl <= count; ++ttl) {
      built.router(ttl, "192.0.2." + std::to_string(ttl), {static_cast<double>(ttl)});
    }
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(tell(i, row(built, static_cast<std::size_t>(i))), named(i + 1, ""));
    }
  }
  std::string learn(int ttl) {
    const auto whose = address("192.0.2." + std::to_string(ttl));
    return tell(100, model::NameKnown{whose, "r" + std::to_string(ttl)});
  }
};

TEST_F(NativeRewrite, PutsANameIntoItsRowAndRepeatsTheRowsBelow) {
  print_rows(3, {});
  EXPECT_EQ(learn(2), "\x1b[2A\r\x1b[J" + named(2, "r2") + named(3, ""));
  EXPECT_EQ(learn(3), "\x1b[1A\r\x1b[J" + named(3, "r3"));
}

TEST_F(NativeRewrite, WritesNothingWhenNothingChanged) {
  print_rows(2, {});
  EXPECT_EQ(tell(100, model::NameKnown{address("192.0.2.2"), std::nullopt}), "");
  EXPECT_EQ(tell(100, model::NameKnown{address("198.51.100.1"), "elsewhere"}), "");
}

TEST_F(NativeRewrite, DoesNotRewriteRowsThatLeftTheScreen) {
  print_rows(5, {.height = 4});
  EXPECT_EQ(learn(2), "") << "row 2 is four lines above the cursor, the screen ends at three";
  EXPECT_EQ(learn(3), "\x1b[3A\r\x1b[J" + named(3, "r3") + named(4, "") + named(5, ""));
}

TEST_F(NativeRewrite, RewritesRowsAboveOneThatTakesTwoLines) {
  built.router(1, "192.0.2.1", {1}).router(2, "192.0.2.2", {2});
  built.last_reply().extensions.mpls = {{.label = 24015, .bottom = true, .ttl = 1}};
  start({.rewrite = true, .columns = 60});
  tell(1, row(built, 0));
  tell(2, row(built, 1));
  const std::string labels = "     <MPLS:L=24015,E=0,S=1,T=1>\n";
  EXPECT_EQ(
      learn(1),
      "\x1b[3A\r\x1b[J"
      "  1  192.0.2.1        r1                 1.0 ms\n"
      "  2  192.0.2.2                           2.0 ms\n"
          + labels);
}

TEST_F(NativeRewrite, SplitsFoldedRowsWhenALateAnswerComes) {
  built.router(1, "192.0.2.1", {1}).silent(2, 1).silent(3, 1).router(4, "192.0.2.4", {4});
  start({.names = false, .rewrite = true});
  for (std::size_t i = 0; i < 4; ++i) {
    tell(1, row(built, i));
  }
  model::ProbeRecord late = row(built, 1).probes.front();
  built.router(5, "192.0.2.2", {900}).late();
  late.state = built.last().state;
  EXPECT_EQ(
      tell(901, model::ProbeSettled{late}),
      "\x1b[2A\r\x1b[J  2  192.0.2.2          900.0 ms late\n  3  no reply\n"
      "  4  192.0.2.4            4.0 ms\n");
}

TEST_F(NativeRewrite, ShowsEverythingAgainWhenOthersUsedTheTerminal) {
  print_rows(2, {});
  EXPECT_EQ(
      native->redrawn().out,
      "\nshop.example (203.0.113.80) port 443 (https), from 192.0.2.7 via eth0\n\n" + named(1, "")
          + named(2, ""));
  EXPECT_EQ(learn(2), "\x1b[1A\r\x1b[J" + named(2, "r2"));
}

TEST_F(NativeRewrite, SaysHowFarALongTraceIs) {
  built.router(1, "192.0.2.1", {1});
  start({.names = false, .rewrite = true});
  EXPECT_EQ(native->deadline(), at(2000));
  tell(500, model::ProbeSettled{built.last()});
  EXPECT_EQ(native->advance(at(2000)).out, "1 probes settled in 2 s\n");
  tell(2500, model::DistanceKnown{Ttl{3}});
  EXPECT_EQ(
      native->advance(at(3000)).out, kErase + "1 of about 9 probes settled, about 24 s left\n");
}

TEST_F(NativeRewrite, PutsALateAnswerIntoItsRow) {
  built.router(1, "192.0.2.1", {1}).silent(1, 1);
  start({.names = false, .rewrite = true});
  EXPECT_EQ(tell(1, row(built, 0)), "  1  192.0.2.1            1.0 ms     *\n");
  model::ProbeRecord late = built.last();
  built.router(2, "192.0.2.1", {900}).late();
  late.state = built.last().state;
  EXPECT_EQ(
      tell(901, model::ProbeSettled{late}),
      "\x1b[1A\r\x1b[J  1  192.0.2.1            1.0 ms 900.0 late\n");
}

TEST_F(NativeRewrite, StopsAfterTheClosingSentence) {
  print_rows(1, {});
  finish(50, kGivenUp, false);
  EXPECT_TRUE(native->done());
  EXPECT_EQ(learn(1), "");
}

TEST_F(NativeRewrite, PutsNamesIntoTheRowsOfAFinishedTrace) {
  print_rows(2, {.last_name_wait = ms(500)});
  const std::string closing =
      "\nfiltered: no answer from 203.0.113.80 port 443; last answering hop: 2 (192.0.2.2)\n";
  EXPECT_EQ(finish(50, kGivenUp, false), closing);
  EXPECT_FALSE(native->done());
  EXPECT_EQ(native->deadline(), at(550));
  EXPECT_EQ(learn(1), "\x1b[4A\r\x1b[J" + named(1, "r1") + named(2, "") + closing);
  EXPECT_FALSE(native->done());
  EXPECT_EQ(learn(2), "\x1b[3A\r\x1b[J" + named(2, "r2") + closing);
  EXPECT_TRUE(native->done());
}

TEST_F(NativeRewrite, WaitsForTheLastNamesForABoundedTime) {
  print_rows(1, {.last_name_wait = ms(500)});
  finish(50, kGivenUp, false);
  EXPECT_EQ(native->advance(at(550)).out, "");
  EXPECT_TRUE(native->done());
  EXPECT_EQ(native->deadline(), std::nullopt);
}

TEST_F(NativeTest, ColoursStatesAndSilenceOnly) {
  start({.names = false, .color = true});
  built.silent(1).target(2, ReplyKind::SynAck, {2});
  EXPECT_EQ(
      finish(9, {.state = PortState::Open, .reached = true, .distance = Ttl{2}}),
      "  1  \x1b[2mno reply\x1b[0m\n"
      "  2  203.0.113.80         2.0 ms   \x1b[32mopen\x1b[0m\n\n"
      "\x1b[32mopen\x1b[0m: 203.0.113.80 accepts connections on port 443, 2 hops away, 2.0 ms\n");
}

}  // namespace
}  // namespace synroute::present
