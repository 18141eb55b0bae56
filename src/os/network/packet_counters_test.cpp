// SPDX-License-Identifier: Apache-2.0
#include "os/network/packet_counters.hpp"

#include <gtest/gtest.h>

namespace synroute::os {
namespace {

TEST(FindCounter, ReadsTheValueBelowTheName) {
  constexpr std::string_view kText =
      "TcpExt: A IPReversePathFilter B\nTcpExt: 1 27 3\n"
      "IpExt: InOctets OutOctets\nIpExt: 5 18446744073709551615\n";
  EXPECT_EQ(find_counter(kText, "TcpExt", "IPReversePathFilter"), 27U);
  EXPECT_EQ(find_counter(kText, "IpExt", "OutOctets"), 18446744073709551615U);
  EXPECT_FALSE(find_counter(kText, "IpExt", "IPReversePathFilter"));
  EXPECT_FALSE(find_counter(kText, "MPTcpExt", "A"));
}

TEST(FindCounter, GivesNothingForTextOfAnotherForm) {
  for (const std::string_view text :
       {"",
        "IpExt: OutOctets",
        "IpExt: OutOctets\nIpExt:",
        "IpExt: OutOctets\nIpExt: -1\n",
        "IpExt: OutOctets\nTcpExt: 5\n",
        "IpExt: OutOctets\nIpExt: 5x\n"}) {
    EXPECT_FALSE(find_counter(text, "IpExt", "OutOctets")) << text;
  }
}

TEST(PacketCounters, AreThere) {
  EXPECT_TRUE(octets_sent(Family::V4));
  EXPECT_TRUE(reverse_path_drops());
}

}  // namespace
}  // namespace synroute::os
