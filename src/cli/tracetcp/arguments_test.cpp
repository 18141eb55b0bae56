// SPDX-License-Identifier: Apache-2.0
#include "cli/tracetcp/arguments.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace synroute::cli {
namespace {

std::optional<Port> services(const std::string& name) {
  return name == "ftp" ? std::optional{Port{21}} : std::nullopt;
}

std::expected<TracetcpArguments, EarlyExit> read(std::vector<std::string_view> words) {
  return read_tracetcp(words, services);
}

TEST(Tracetcp, HasTheDefaultsOfItsAncestor) {
  const auto arguments = read({"host"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->port, Port{80});
  EXPECT_EQ(arguments->hops, 30);
  EXPECT_EQ(arguments->probes, 3);
  EXPECT_EQ(arguments->timeout_ms, 4000);
}

TEST(Tracetcp, TakesAPortOrServiceBehindTheHost) {
  EXPECT_EQ(read({"host:ftp"})->port, Port{21});
  EXPECT_EQ(read({"host:8080"})->port, Port{8080});
  EXPECT_EQ(read({"host:0"})->port, Port{80});
  EXPECT_EQ(read({"[2001:db8::1]:443"})->host, "2001:db8::1");
  EXPECT_EQ(read({"[2001:db8::1]:443"})->port, Port{443});
  EXPECT_EQ(read({"host:nosuch"}).error().status, 0);
}

TEST(Tracetcp, GivesWordsOfABundleToItsLastLetter) {
  const auto arguments = read({"host", "-cnr", "10", "30"});
  ASSERT_TRUE(arguments);
  EXPECT_TRUE(arguments->condensed);
  EXPECT_FALSE(arguments->names);
  EXPECT_EQ(arguments->range_last, 30);
  const auto wrong = read({"host", "-rcn", "10", "30"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().status, 255);
  EXPECT_EQ(wrong.error().err, "option -n has too many parameters specified.\n");
}

TEST(Tracetcp, TakesAGatewayUnlessTheSocketIsToBeRaw) {
  EXPECT_EQ(read({"host"})->gateway, "");
  EXPECT_EQ(read({"host", "-g", "192.0.2.1"})->gateway, "192.0.2.1");
  EXPECT_EQ(read({"host", "-g", "gw.example:80"})->gateway, "gw.example");
  EXPECT_EQ(read({"host", "-g", "[2001:db8::1]"})->gateway, "2001:db8::1");
  EXPECT_EQ(read({"host", "-R", "-g", "192.0.2.1"})->gateway, "");
}

TEST(Tracetcp, TakesTheHostBehindOptionsToo) {
  const auto arguments = read({"-n", "host", "-m", "3"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->host, "host");
  EXPECT_EQ(read({"-m", "3", "host"})->host, "host");
}

TEST(Tracetcp, ComplainsInTheWordsOfItsAncestor) {
  const auto complaint = [](std::vector<std::string_view> words) {
    return read(std::move(words)).error();
  };
  EXPECT_EQ(complaint({"host", "-x"}).err, "-x is not a valid command option.\n");
  EXPECT_EQ(complaint({"--help"}).err, "-- is not a valid command option.\n");
  EXPECT_EQ(complaint({"host", "-m", "-5"}).err, "-5 is not a valid command option.\n");
  EXPECT_EQ(complaint({"host", "-m"}).err, "option -m has too few parameters specified.\n");
  EXPECT_EQ(complaint({"host", "-m"}).status, 255);
  EXPECT_EQ(complaint({"host", "-m", "5x"}).err, "Invalid numeric value: \"5x\" on option -m\n");
  EXPECT_EQ(
      complaint({"host", "-m", "0"}).err, "Value \"0\" out of range: [1..255] on option -m\n");
  EXPECT_EQ(complaint({"host", "-m", "0"}).status, 0);
  EXPECT_EQ(complaint({"-n"}).err, "Host name not specified. Use -? option for help.\n");
}

TEST(Tracetcp, LooksAtNumbersInTheOrderOfItsAncestor) {
  EXPECT_EQ(
      read({"host", "-h", "0", "-m", "0"}).error().err,
      "Value \"0\" out of range: [1..255] on option -m\n");
}

TEST(Tracetcp, AcceptsBlanksAndAPlusSignInNumbers) {
  EXPECT_EQ(read({"host", "-m", " +7\t"})->hops, 7);
}

TEST(Tracetcp, ShowsHelpAndVersionOnStandardOutput) {
  for (const std::string_view word : {"-?", "-v"}) {
    const auto end = read({"host", word}).error();
    EXPECT_EQ(end.status, 0);
    EXPECT_TRUE(end.err.empty());
    EXPECT_NE(end.out.find("tracetcp v1.0.3"), std::string::npos);
  }
}

TEST(Tracetcp, ScansTheHostItselfWhateverElseWasSaid) {
  const auto arguments = read({"host", "-m", "9", "-s", "20", "80"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->first_ttl, 128);
  EXPECT_EQ(arguments->hops, 1);
  EXPECT_TRUE(arguments->condensed);
  EXPECT_EQ(arguments->range_first, 20);
}

}  // namespace
}  // namespace synroute::cli
