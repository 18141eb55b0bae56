// SPDX-License-Identifier: Apache-2.0
#include "cli/tcptraceroute/arguments.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace synroute::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Arguments = TcptracerouteArguments;
using Result = std::expected<Arguments, EarlyExit>;
using List = std::vector<std::string_view>;

std::optional<Port> services(const std::string& name) {
  if (name == "www" || name == "http") {
    return Port{80};
  }
  return name == "smtp" ? std::optional{Port{25}} : std::nullopt;
}

Result read(const List& words, TcptracerouteSetting setting = {}) {
  setting.services = services;
  return read_tcptraceroute(words, setting);
}

Arguments good(const List& words, TcptracerouteSetting setting = {}) {
  const Result result = read(words, setting);
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().err);
  return result.value_or(Arguments{});
}

EarlyExit bad(const List& words, TcptracerouteSetting setting = {}) {
  const Result result = read(words, setting);
  EXPECT_FALSE(result.has_value());
  return result ? EarlyExit{.err = "(accepted)"} : result.error();
}

std::string complaint(const List& words, TcptracerouteSetting setting = {}) {
  const EarlyExit last = bad(words, setting);
  EXPECT_EQ(last.out, "");
  EXPECT_EQ(last.status, 1);
  return last.err;
}

std::string range_complaint(const List& words) {
  return range_error(good(words)).value_or("fine");
}

const std::string kUsage =
    "Usage: tcptraceroute [-nNFSAE] [-i <interface>] [-f <first ttl>]\n"
    "       [-l <packet length>] [-q <number of queries>] [-t <tos>]\n"
    "       [-m <max ttl>] [-pP] <source port>] [-s <source address>]\n"
    "       [-w <wait time>] <host> [destination port] [packet length]\n"
    "\n";

// --- what stands where it always stood -----------------------------------------------------------

TEST(TcptracerouteArguments, HasTheDefaultsOfOld) {
  const Arguments arguments = good({"host"});
  EXPECT_EQ(arguments.host, "host");
  EXPECT_EQ(arguments.port, Port{80});
  EXPECT_EQ(arguments.first_ttl, 1U);
  EXPECT_EQ(arguments.last_ttl, 30U);
  EXPECT_EQ(arguments.queries, 3U);
  EXPECT_EQ(arguments.wait, seconds{3});
  EXPECT_EQ(arguments.names, tracer::HopNames::Public);
  EXPECT_EQ(range_error(arguments), std::nullopt);
}

TEST(TcptracerouteArguments, TakesHostPortAndLength) {
  const Arguments arguments = good({"host", "443", "100"});
  EXPECT_EQ(arguments.port, Port{443});
  EXPECT_EQ(arguments.length, 100U);
  EXPECT_EQ(good({"host", "smtp"}).port, Port{25});
  EXPECT_EQ(good({"host", "0"}).port, Port{0});
  EXPECT_EQ(good({"host", "007"}).port, Port{7});
  EXPECT_EQ(good({"-l", "60", "host", "80", "50"}).length, 50U);
  EXPECT_EQ(good({"host:80"}).host, "host:80");
}

TEST(TcptracerouteArguments, ReadsEveryLetter) {
  const Arguments arguments = good(
      {"-n", "-F", "-S", "-A", "-E",   "-d", "-i",        "eth0", "-f", "2",  "-m", "9",   "-q",
       "1",  "-w", "2",  "-p", "1000", "-s", "192.0.2.1", "-l",   "50", "-t", "16", "host"});
  EXPECT_EQ(arguments.names, tracer::HopNames::None);
  EXPECT_TRUE(
      arguments.dont_fragment && arguments.syn && arguments.ack && arguments.ecn
      && arguments.debug);
  EXPECT_EQ(arguments.device, "eth0");
  EXPECT_EQ(arguments.first_ttl, 2U);
  EXPECT_EQ(arguments.last_ttl, 9U);
  EXPECT_EQ(arguments.queries, 1U);
  EXPECT_EQ(arguments.wait, seconds{2});
  EXPECT_EQ(arguments.local_port, 1000U);
  EXPECT_FALSE(arguments.take_port);
  EXPECT_EQ(arguments.source, "192.0.2.1");
  EXPECT_EQ(arguments.length, 50U);
  EXPECT_EQ(arguments.tos, 16U);
  EXPECT_TRUE(good({"-P", "1000", "host"}).take_port);
}

TEST(TcptracerouteArguments, ReadsEveryLongOption) {
  EXPECT_EQ(good({"--dnat", "h"}).dnat, present::DnatDisplay::Show);
  EXPECT_EQ(good({"--no-dnat", "h"}).dnat, present::DnatDisplay::Accept);
  EXPECT_EQ(good({"--no-dnat-strict", "h"}).dnat, present::DnatDisplay::Strict);
  EXPECT_TRUE(good({"--track-port", "h"}).track_port);
  EXPECT_FALSE(good({"--track-port", "--track-id", "h"}).track_port);
  EXPECT_FALSE(good({"--track-port", "--track-ipid", "h"}).track_port);
  EXPECT_TRUE(good({"--no-filter", "h"}).any_icmp);
  good({"--select", "--no-select", "--no-getinterfaces", "h"});
}

TEST(TcptracerouteArguments, HasOptionsOfItsOwn) {
  EXPECT_EQ(good({"-6", "h"}).family, Family::V6);
  EXPECT_EQ(good({"-4", "h"}).family, Family::V4);
  EXPECT_TRUE(good({"--os-syn", "h"}).os_syn);
  EXPECT_TRUE(good({"--sequential", "h"}).sequential);
  EXPECT_EQ(good({"-w", "0.25", "h"}).wait, milliseconds{250});
  EXPECT_EQ(good({"-w1.5", "h"}).wait, milliseconds{1500});
}

TEST(TcptracerouteArguments, BelievesTheLastOfSeveral) {
  EXPECT_EQ(good({"-f", "2", "-f", "3", "h"}).first_ttl, 3U);
  EXPECT_EQ(good({"-n", "-N", "h"}).names, tracer::HopNames::All);
  EXPECT_EQ(good({"-N", "-n", "h"}).names, tracer::HopNames::None);
  EXPECT_EQ(good({"--dnat", "--no-dnat", "h"}).dnat, present::DnatDisplay::Accept);
}

// --- the two passes ------------------------------------------------------------------------------

TEST(TcptracerouteArguments, LetsOptionsFollowOperands) {
  const Arguments arguments = good({"dest", "-m1", "-n", "443"});
  EXPECT_EQ(arguments.host, "dest");
  EXPECT_EQ(arguments.port, Port{443});
  EXPECT_EQ(arguments.last_ttl, 1U);
}

TEST(TcptracerouteArguments, TakesThemForOperandsInAPosixEnvironment) {
  EXPECT_EQ(complaint({"dest", "-n"}, {.posixly_correct = true}), "Unknown port: -n\n");
  EXPECT_EQ(good({"-n", "dest"}, {.posixly_correct = true}).names, tracer::HopNames::None);
}

TEST(TcptracerouteArguments, BundlesLetters) {
  EXPECT_EQ(good({"-nq1", "h"}).queries, 1U);
  EXPECT_EQ(good({"-nNFm5", "h"}).last_ttl, 5U);
  EXPECT_EQ(complaint({"-nq1m1", "h"}), "Numeric argument required for -q\n");
}

TEST(TcptracerouteArguments, EndsOptionsAtTwoDashes) {
  EXPECT_EQ(good({"--", "-n"}).host, "-n");
  EXPECT_EQ(good({"-n", "--", "--bogus"}).host, "--bogus");
  EXPECT_EQ(good({"h", "--", "25"}).port, Port{25});
  EXPECT_EQ(bad({"-n", "--"}).err, kUsage);
}

TEST(TcptracerouteArguments, TakesALoneDashForAnOperand) {
  EXPECT_EQ(good({"-"}).host, "-");
}

TEST(TcptracerouteArguments, LooksForLongOptionsFirstAndWhereverTheyStand) {
  EXPECT_EQ(bad({"-s", "--help", "host"}).err, kUsage);
  EXPECT_EQ(bad({"-x", "--bogus"}).err, "Unknown command line argument: --bogus\n" + kUsage);
  EXPECT_EQ(bad({"-f", "x", "--version"}).status, 0);
  EXPECT_EQ(bad({"--dnat=1", "h"}).err, "Unknown command line argument: --dnat=1\n" + kUsage);
  EXPECT_EQ(bad({"--hel"}).err, "Unknown command line argument: --hel\n" + kUsage);
}

// --- streams and status of what ends the program -------------------------------------------------

TEST(TcptracerouteArguments, ShowsUsageWithABannerOnTheOtherStreamAndFails) {
  for (const List& words : std::vector<List>{{}, {"-h"}, {"--help"}, {"a", "b", "c", "d"}}) {
    const EarlyExit last = bad(words);
    EXPECT_EQ(last.err, kUsage);
    EXPECT_EQ(last.status, 1);
    EXPECT_TRUE(last.out.starts_with("\ntcptraceroute 1.5beta7")) << last.out;
    EXPECT_TRUE(last.out.ends_with("\n\n"));
    EXPECT_EQ(std::ranges::count(last.out, '\n'), 5);
  }
}

TEST(TcptracerouteArguments, NamesTheProgramAsItWasCalled) {
  EXPECT_TRUE(bad({}, {.program = "ttr"}).err.starts_with("Usage: ttr [-nNFSAE]"));
}

TEST(TcptracerouteArguments, ShowsTheVersionAtOnceAndSucceeds) {
  for (const List& words :
       std::vector<List>{{"-v"}, {"--version"}, {"-nv", "-x"}, {"-v", "h", "x"}}) {
    const EarlyExit last = bad(words);
    EXPECT_EQ(last.err, "");
    EXPECT_EQ(last.status, 0);
    EXPECT_TRUE(last.out.starts_with("\ntcptraceroute 1.5beta7"));
  }
}

TEST(TcptracerouteArguments, DebugsItselfBeforeTheVersion) {
  const EarlyExit last = bad({"-dv"});
  EXPECT_EQ(last.status, 0);
  EXPECT_EQ(std::ranges::count(last.err, '\n'), 2);
  EXPECT_TRUE(last.err.starts_with("debug: tcptraceroute 1.5beta7"));
  EXPECT_EQ(bad({"-v"}).err, "");
}

TEST(TcptracerouteArguments, NamesAnUnknownLetterBeforeTheUsage) {
  EXPECT_EQ(bad({"-x", "h"}).err, "Unknown command line argument: -x\n" + kUsage);
  EXPECT_EQ(bad({"-nx", "h"}).err, "Unknown command line argument: -x\n" + kUsage);
  EXPECT_EQ(bad({"-?"}).err, "Unknown command line argument: -?\n" + kUsage);
  EXPECT_EQ(bad({"-x"}).status, 1);
}

TEST(TcptracerouteArguments, DemandsValues) {
  for (const std::string letter : {"i", "l", "f", "m", "P", "p", "q", "w", "s", "t"}) {
    const std::string option = "-" + letter;
    EXPECT_EQ(complaint({"h", option}), "Argument required for -" + letter + "\n");
  }
  EXPECT_EQ(good({"-i", "-n", "h"}).device, "-n");
}

TEST(TcptracerouteArguments, DemandsNumbersAndNamesTheLetter) {
  for (const std::string letter : {"l", "f", "m", "P", "p", "q", "w", "t"}) {
    for (const std::string_view value : {"x", "", "-1", "+1", "0x1", " 1", "1 ", "1e3", "1,5"}) {
      const std::string option = "-" + letter;
      EXPECT_EQ(complaint({option, value, "h"}), "Numeric argument required for -" + letter + "\n");
    }
  }
  EXPECT_EQ(complaint({"-q", "1.5", "h"}), "Numeric argument required for -q\n");
  for (const std::string_view value : {"1.", ".5", ".", "1.2.3"}) {
    EXPECT_EQ(complaint({"-w", value, "h"}), "Numeric argument required for -w\n");
  }
}

TEST(TcptracerouteArguments, ComplainsFromLeftToRight) {
  EXPECT_EQ(complaint({"-f", "x", "-y", "h"}), "Numeric argument required for -f\n");
  EXPECT_EQ(bad({"-y", "-f", "x"}).err, "Unknown command line argument: -y\n" + kUsage);
  EXPECT_EQ(complaint({"h", "nosuch", "bogus"}), "Unknown port: nosuch\n");
}

TEST(TcptracerouteArguments, KeepsSourcesForThoseWhoMayChoose) {
  const TcptracerouteSetting user{.may_choose_source = false};
  EXPECT_EQ(complaint({"-p", "5", "h"}, user), "Sorry, must be root to use -p\n");
  EXPECT_EQ(complaint({"-P", "5", "h"}, user), "Sorry, must be root to use -p\n");
  EXPECT_EQ(complaint({"-s", "192.0.2.1", "h"}, user), "Sorry, must be root to use -s\n");
  EXPECT_EQ(complaint({"-p", "x", "h"}, user), "Sorry, must be root to use -p\n");
  EXPECT_EQ(complaint({"-p"}, user), "Argument required for -p\n");
  EXPECT_EQ(good({"-i", "eth0", "h"}, user).device, "eth0");
}

TEST(TcptracerouteArguments, KnowsPortsByTheirTcpNames) {
  EXPECT_EQ(complaint({"h", "tftp"}), "Unknown port: tftp\n");
  EXPECT_EQ(complaint({"h", "WWW"}), "Unknown port: WWW\n");
  EXPECT_EQ(complaint({"h", ""}), "Unknown port: \n");
  EXPECT_EQ(complaint({"h", "65536"}), "Unknown port: 65536\n");
  EXPECT_EQ(complaint({"h", "4294967376"}), "Unknown port: 4294967376\n");
}

TEST(TcptracerouteArguments, ChecksTheThirdOperand) {
  EXPECT_EQ(complaint({"h", "80", "abc"}), "Bad packet length: abc\n");
  EXPECT_EQ(complaint({"h", "80", ""}), "Bad packet length: \n");
  EXPECT_EQ(complaint({"h", "80", "65536"}), "Bad packet length: 65536\n");
  EXPECT_EQ(complaint({"h", "80", "99999999999"}), "Bad packet length: 99999999999\n");
}

TEST(TcptracerouteArguments, PointsToTheOptionThatCheatSheetsTakeForAnother) {
  const std::string hint = "-S sets the SYN flag; to set the source address use -s 192.0.2.1\n";
  EXPECT_EQ(complaint({"-S", "192.0.2.1", "example.org"}), "Unknown port: example.org\n" + hint);
  EXPECT_EQ(complaint({"-nS", "192.0.2.1", "h", "80"}), "Unknown port: h\n" + hint);
  EXPECT_EQ(bad({"-S", "192.0.2.1", "h", "80", "40"}).err, hint + kUsage);
  EXPECT_EQ(complaint({"-S", "host", "example.org"}), "Unknown port: example.org\n");
  EXPECT_EQ(good({"-S", "192.0.2.1", "80"}).host, "192.0.2.1");
}

TEST(TcptracerouteArguments, MakesTheirTextSafeForATerminal) {
  EXPECT_EQ(bad({"--\x1b[2J"}).err.find('\x1b'), std::string::npos);
  EXPECT_EQ(bad({"h", "\x1b[2J"}).err.find('\x1b'), std::string::npos);
  EXPECT_EQ(bad({"-\x1b"}).err.find('\x1b'), std::string::npos);
}

// --- ranges, which are looked at later -----------------------------------------------------------

TEST(TcptracerouteRanges, AreToldInTheirOrder) {
  EXPECT_EQ(range_complaint({"-f", "0", "-m", "256", "h"}), "TTL must be greater than 0");
  EXPECT_EQ(range_complaint({"-m", "0", "h"}), "TTL must be greater than 0");
  EXPECT_EQ(range_complaint({"-m", "256", "h"}), "TTL must be less than 256");
  EXPECT_EQ(range_complaint({"-f", "256", "h"}), "TTL must be less than 256");
  EXPECT_EQ(range_complaint({"-f", "4294967297", "h"}), "TTL must be less than 256");
  EXPECT_EQ(
      range_complaint({"-f", "31", "-q", "0", "h"}),
      "Minimum TTL (31) must be less than maximum TTL (30)");
  EXPECT_EQ(range_complaint({"-f", "30", "h"}), "fine");
  EXPECT_EQ(range_complaint({"-f", "255", "-m", "255", "h"}), "fine");
  EXPECT_EQ(range_complaint({"-q", "0", "-w", "0", "h"}), "Number of queries must be at least 1");
  EXPECT_EQ(range_complaint({"-w", "0", "h"}), "Timeout must be at least 1");
  EXPECT_EQ(range_complaint({"-w", "0.0", "h"}), "Timeout must be at least 1");
}

TEST(TcptracerouteRanges, DoNotWrap) {
  EXPECT_EQ(range_complaint({"-t", "255", "h"}), "fine");
  EXPECT_EQ(range_complaint({"-t", "300", "h"}), "TOS must be less than 256");
  EXPECT_EQ(range_complaint({"-l", "65535", "h"}), "fine");
  EXPECT_EQ(range_complaint({"-l", "65536", "h"}), "Packet length must be less than 65536");
  EXPECT_EQ(range_complaint({"-l", "99999999999", "h"}), "Packet length must be less than 65536");
  EXPECT_EQ(range_complaint({"-q", "1001", "h"}), "Number of queries must be at most 1000");
  EXPECT_EQ(range_complaint({"-w", "99999999999999", "h"}), "Timeout must be at most 86400");
}

}  // namespace
}  // namespace synroute::cli
