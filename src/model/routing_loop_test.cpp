// SPDX-License-Identifier: Apache-2.0
#include "model/routing_loop.hpp"

#include "support/trace_builder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace synroute::model {
namespace {

using support::TraceBuilder;

std::string address_of(char letter) {
  return fmt::format("198.51.100.{}", letter - 'a' + 1);
}

/// A path with one row per letter: a router of that letter, or none ('.').
TraceBuilder path(std::string_view letters) {
  TraceBuilder built;
  int ttl = 0;
  for (const char letter : letters) {
    ++ttl;
    if (letter == '.') {
      built.silent(ttl);
    } else {
      built.router(ttl, address_of(letter), {1, 1});
    }
  }
  built.verdict({.stop = StopReason::MaxTtl}, false);
  return built;
}

/// "3-12 of 2: cd", "none".
std::string loop_of(const TraceBuilder& built) {
  const auto loop = find_routing_loop(hops(built.trace()));
  if (!loop) {
    return "none";
  }
  std::string letters;
  for (const IpAddress& router : loop->routers) {
    letters += static_cast<char>('a' + (router.v4_bits() & 0xffU) - 1);
  }
  return fmt::format(
      "{}-{} of {}: {}", loop->first.value(), loop->last.value(), loop->length, letters);
}

std::string loop_in(std::string_view letters) {
  return loop_of(path(letters));
}

TEST(RoutingLoop, NamesItsRoutersAndTheHopItBeginsAt) {
  EXPECT_EQ(loop_in("abcdcdcdcdcd"), "3-12 of 2: cd");
  EXPECT_EQ(loop_in("abcdecdecdecde"), "3-14 of 3: cde");
  EXPECT_EQ(loop_in("cdcdcdcd"), "1-8 of 2: cd");
  EXPECT_EQ(loop_in("abcdcdcdc"), "3-9 of 2: cd");  // ends within a circle
}

TEST(RoutingLoop, AllowsForSilence) {
  EXPECT_EQ(loop_in("abcdcdcdcd......c..d.."), "3-20 of 2: cd");  // rate limits
  EXPECT_EQ(loop_in("abcd.d.d.d.d"), "4-12 of 2: d");             // a router that never reports
  EXPECT_EQ(loop_in("ab.dcdcdcdcd"), "4-12 of 2: dc");
  EXPECT_EQ(loop_in("abcd..d..d..d..d"), "4-16 of 3: d");
}

TEST(RoutingLoop, IsNotSeenInOrdinaryPaths) {
  EXPECT_EQ(loop_in("abcdefghijkl"), "none");
  EXPECT_EQ(loop_in("ab..........."), "none");
  EXPECT_EQ(loop_in("............."), "none");
  EXPECT_EQ(loop_in(""), "none");
}

TEST(RoutingLoop, IsNotARouterThatAnswersSuccessiveHops) {
  EXPECT_EQ(loop_in("abddef"), "none");          // a TTL of 0 was forwarded
  EXPECT_EQ(loop_in("abcdddddddddd"), "none");   // a NAT puts its address into errors from behind
  EXPECT_EQ(loop_in("abcdd.ddd.dddd"), "none");  // with silent routers behind it
}

TEST(RoutingLoop, NeedsThreeCircles) {
  EXPECT_EQ(loop_in("abcdcd"), "none");
  EXPECT_EQ(loop_in("abcdcdcd"), "3-8 of 2: cd");
  EXPECT_EQ(loop_in("abcdecde"), "none");
  EXPECT_EQ(loop_in("abcd.d.d.d"), "none");  // one router: five of its rows
}

TEST(RoutingLoop, EndsThePath) {
  EXPECT_EQ(loop_in("abcdcdcdcdefg"), "none");  // paths of unequal length, packet by packet
  TraceBuilder reached = path("abcdcdcdcd");
  reached.target(11, ReplyKind::SynAck, {2}).verdict({.distance = Ttl{11}});
  EXPECT_EQ(loop_of(reached), "none");
}

TEST(RoutingLoop, IsNotLoadBalancing) {
  TraceBuilder built;
  for (int ttl = 1; ttl <= 12; ++ttl) {
    built.router(ttl, address_of(ttl % 2 == 0 ? 'c' : 'd'), {1}).router(ttl, "192.0.2.1", {1});
  }
  built.verdict({.stop = StopReason::MaxTtl}, false);
  EXPECT_EQ(loop_of(built), "none");
}

}  // namespace
}  // namespace synroute::model
