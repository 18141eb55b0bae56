// SPDX-License-Identifier: Apache-2.0
#include "cli/native/parser.hpp"

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
  EXPECT_EQ(complaint({"-x"}), "unknown option '-x'");
  EXPECT_EQ(complaint({"-nx"}), "unknown option '-x'");
}

TEST(Parser, SaysWhatAnOptionTakes) {
  EXPECT_EQ(complaint({"-p"}), "option '-p' needs a value: PORT");
  EXPECT_EQ(complaint({"--wait"}), "option '--wait' needs a value: MAX[,HERE,NEAR]");
  EXPECT_EQ(complaint({"--json=1"}), "option '--json' takes no value");
  EXPECT_EQ(
      complaint({"--queries="}), "option '--queries': '' is not a whole number from 1 to 100");
}

TEST(Parser, RefusesOptionsOfOtherCommands) {
  EXPECT_EQ(complaint({"--list"}), "option '--list' is not an option of this command");
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

TEST(Options, WaitSetsMaximumAndRules) {
  using namespace std::chrono_literals;
  auto request = understand({"-w", "0.5"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->trace.path.wait.max, 500ms);
  EXPECT_EQ(request->trace.path.wait.silence, 500ms);
  EXPECT_EQ(request->trace.path.wait.here, 3);
  request = understand({"-w", "5,2,10.5"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->trace.path.wait.max, 5s);
  EXPECT_EQ(request->trace.path.wait.silence, 5s);
  EXPECT_EQ(request->trace.path.wait.here, 2);
  EXPECT_EQ(request->trace.path.wait.near, 10.5);
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
