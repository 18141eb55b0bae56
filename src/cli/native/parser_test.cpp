// SPDX-License-Identifier: Apache-2.0
#include "cli/native/parser.hpp"

#include "cli/native/foreign_options.hpp"

#include <gtest/gtest.h>

#include <set>

namespace synroute::cli {
namespace {

using List = std::vector<std::string_view>;

/// The request these words make of a trace, or the message they get.
Read<Request> understand(const List& words) {
  const auto parsed = parse(words);
  if (!parsed) {
    return std::unexpected{parsed.error()};
  }
  Request request;
  if (const auto applied = apply(parsed->uses, CommandId::Trace, request); !applied) {
    return std::unexpected{applied.error()};
  }
  return request;
}

std::string complaint(const List& words) {
  const auto request = understand(words);
  return request ? "" : request.error();
}

TEST(Parser, TakesValuesJoinedOrApart) {
  for (const List& words :
       {List{"-q", "5"}, List{"-q5"}, List{"--queries", "5"}, List{"--queries=5"}}) {
    const auto request = understand(words);
    ASSERT_TRUE(request) << request.error();
    EXPECT_EQ(request->trace.path.queries, 5);
  }
}

TEST(Parser, TakesBundles) {
  const auto request = understand({"-4nq2"});
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(request->trace.family, Family::V4);
  EXPECT_EQ(request->trace.names, tracer::HopNames::None);
  EXPECT_EQ(request->trace.path.queries, 2);
}

TEST(Parser, TakesOptionsBehindOperands) {
  const auto parsed = parse(List{"host", "-n", "80"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->operands, (List{"host", "80"}));
  EXPECT_EQ(parsed->uses.size(), 1U);
}

TEST(Parser, TakesNoOptionsBehindTwoDashes) {
  const auto parsed = parse(List{"-n", "--", "-4", "--"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->operands, (List{"-4", "--"}));
  EXPECT_EQ(parsed->uses.size(), 1U);
}

TEST(Parser, TakesALoneDashAsOperand) {
  const auto parsed = parse(List{"-"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->operands, List{"-"});
}

TEST(Parser, TakesTheLastOfRepeatedOptions) {
  const auto request = understand({"-4", "-6", "-q", "1", "-q", "2"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->trace.family, Family::V6);
  EXPECT_EQ(request->trace.path.queries, 2);
}

TEST(Parser, TakesAValueThatLooksLikeAnOption) {
  EXPECT_EQ(complaint({"-q", "-n"}), "option '-q': '-n' is not a whole number from 1 to 100");
}

TEST(Parser, HintsAtWhatWasMeant) {
  EXPECT_EQ(complaint({"--prot"}), "unknown option '--prot' (did you mean '--port'?)");
  EXPECT_EQ(complaint({"--max"}), "unknown option '--max' (did you mean '--max-hops'?)");
  EXPECT_EQ(complaint({"-json"}), "unknown option '-json' (did you mean '--json'?)");
  EXPECT_EQ(complaint({"--xyzzyx"}), "unknown option '--xyzzyx'");
  EXPECT_EQ(complaint({"-y"}), "unknown option '-y'");
  EXPECT_EQ(complaint({"-ny"}), "unknown option '-y'");
}

TEST(Parser, SaysWhatAnOptionTakes) {
  EXPECT_EQ(complaint({"-p"}), "option '-p' needs a value: PORT");
  EXPECT_EQ(complaint({"--wait"}), "option '--wait' needs a value: MAX[,HERE,NEAR]");
  EXPECT_EQ(complaint({"--json=1"}), "option '--json' takes no value");
  EXPECT_EQ(
      complaint({"--queries="}), "option '--queries': '' is not a whole number from 1 to 100");
}

TEST(Parser, RefusesOptionsOfOtherCommands) {
  EXPECT_EQ(complaint({"--list"}), "option '--list' is only for demo");
  EXPECT_EQ(complaint({"--where"}), "option '--where' is only for scan");
}

TEST(Parser, TakesWhatOtherToolsCallTheSame) {
  const auto request =
      understand({"-T", "-P", "443", "-c", "7", "-e", "--report", "-nn", "-Pn", "--tcp"});
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(request->port, Port{443});
  EXPECT_EQ(request->trace.path.queries, 7);
  EXPECT_EQ(request->trace.names, tracer::HopNames::None);
  EXPECT_EQ(complaint({"-c", "x"}), "option '-c': 'x' is not a whole number from 1 to 100");
}

TEST(Parser, SaysWhatToUseInsteadOfAnOptionOfAnotherTool) {
  EXPECT_EQ(
      complaint({"-I"}),
      "unknown option '-I' (there are no ICMP probes, only TCP; an interface is -i NAME)");
  EXPECT_EQ(complaint({"--udp"}), "unknown option '--udp' (probes are TCP, there are no others)");
  EXPECT_EQ(
      complaint({"-T4"}),
      "unknown option '-T4' (there are no timing templates; a faster scan is --rate)");
}

TEST(Parser, ListsTheValuesOfAClosedSet) {
  EXPECT_EQ(complaint({"--color"}), "option '--color' needs a value: auto, always or never");
  EXPECT_EQ(complaint({"--color="}), "option '--color': must be auto, always or never, not ''");
  EXPECT_EQ(
      complaint({"--dscp=x"}),
      "option '--dscp': must be 0 to 63, cs0 to cs7, af11 to af43, ef, le or voice-admit, not 'x'");
}

TEST(ForeignOptions, HaveNoSpellingOfAnOptionAndNameOneThatExists) {
  for (const ForeignOption& foreign : foreign_options()) {
    const bool is_long = foreign.spelled.starts_with("--");
    for (const Option& option : options()) {
      EXPECT_FALSE(is_long && foreign.spelled.substr(2) == option.name) << foreign.spelled;
      EXPECT_FALSE(foreign.spelled.size() == 2 && foreign.spelled[1] == option.letter)
          << foreign.spelled;
    }
    if (!foreign.same_as.empty()) {
      EXPECT_NE(std::ranges::find(options(), foreign.same_as, &Option::name), options().end())
          << foreign.spelled;
    }
  }
}

TEST(Parser, ShowsNothingATerminalWouldObey) {
  EXPECT_EQ(complaint({"--\x1b[2J"}), "unknown option '--\\x1b[2J'");
  EXPECT_EQ(complaint({"-i", "a", "-\x1b"}), "unknown option '-\\x1b'");
  EXPECT_EQ(complaint({"-q", "\x1b"}), "option '-q': '\\x1b' is not a whole number from 1 to 100");
}

TEST(Options, HaveUniqueNamesAndLetters) {
  std::set<std::string_view> names;
  std::set<char> letters;
  for (const Option& option : options()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_TRUE(option.letter == 0 || letters.insert(option.letter).second) << option.name;
    EXPECT_NE(option.effect, nullptr) << option.name;
    EXPECT_FALSE(option.help.empty()) << option.name;
    EXPECT_LE(option.help.size(), 51U) << option.name << ": longer than a line of the help";
  }
}

TEST(Options, WaitOfOneNumberIsWaitedForEveryProbe) {
  using namespace std::chrono_literals;
  const auto request = understand({"-w", "0.5"});
  ASSERT_TRUE(request);
  const model::WaitRule& wait = request->trace.path.wait;
  EXPECT_EQ(wait.max, 500ms);
  ASSERT_TRUE(wait.factors);
  EXPECT_EQ(wait.factors->here, 0);
  EXPECT_EQ(wait.factors->near, 0);
}

TEST(Options, WaitIsLearntUnlessStated) {
  EXPECT_TRUE(understand({})->trace.path.wait.is_learnt());
  EXPECT_TRUE(understand({"-w", "3", "-w", "auto"})->trace.path.wait.is_learnt());
}

TEST(Options, WaitTakesTheRulesOfTraceroute) {
  using namespace std::chrono_literals;
  const auto request = understand({"-w", "5,2,10.5"});
  ASSERT_TRUE(request && request->trace.path.wait.factors);
  EXPECT_EQ(request->trace.path.wait.max, 5s);
  EXPECT_EQ(request->trace.path.wait.factors->here, 2);
  EXPECT_EQ(request->trace.path.wait.factors->near, 10.5);
  EXPECT_EQ(complaint({"-w", "0"}), "option '-w': '0' is not a number of seconds above 0");
  EXPECT_EQ(complaint({"-w", "1,x"}), "option '-w': 'x' is not a decimal number");
  EXPECT_EQ(complaint({"-w", "1,2,3,4"}), "option '-w': '1,2,3,4' is not MAX[,HERE,NEAR]");
}

TEST(Options, ChoicesAreListed) {
  EXPECT_EQ(
      complaint({"--color", "blue"}),
      "option '--color': must be auto, always or never, not 'blue'");
  EXPECT_EQ(understand({"--color", "never"})->color, os::ColorWhen::Never);
  EXPECT_EQ(understand({"--method", "connect"})->trace.method, tracer::SendMethod::Connect);
}

TEST(Options, PacingAboveTenIsMilliseconds) {
  using namespace std::chrono_literals;
  EXPECT_EQ(understand({"-z", "0.001"})->trace.pacing, 1ms);
  EXPECT_EQ(understand({"-z", "10"})->trace.pacing, 10s);
  EXPECT_EQ(understand({"-z", "200"})->trace.pacing, 200ms);
}

TEST(Options, DscpAndEcnAreThePartsOfTos) {
  EXPECT_EQ(understand({"-t", "0xb8"})->trace.probe.tos, 0xb8);
  EXPECT_EQ(understand({"--dscp", "ef"})->trace.probe.tos, 0xb8);
  EXPECT_EQ(understand({"--dscp", "ef", "--ecn", "ect0"})->trace.probe.tos, 0xba);
  EXPECT_EQ(understand({"-t", "255", "--ecn", "0"})->trace.probe.tos, 0xfc);
  EXPECT_EQ(understand({"-t", "255", "--dscp", "0"})->trace.probe.tos, 0x03);
}

TEST(Options, FlagLettersAddUp) {
  using wire::TcpFlag;
  EXPECT_EQ(understand({"-n"})->trace.probe.flags, std::nullopt);
  EXPECT_EQ(understand({"-A"})->trace.probe.flags, wire::TcpFlags{TcpFlag::Ack});
  EXPECT_EQ(understand({"-SA"})->trace.probe.flags, TcpFlag::Syn | TcpFlag::Ack);
  EXPECT_EQ(understand({"--flags", "fin", "-A"})->trace.probe.flags, TcpFlag::Fin | TcpFlag::Ack);
}

}  // namespace
}  // namespace synroute::cli
