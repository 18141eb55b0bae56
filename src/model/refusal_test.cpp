// SPDX-License-Identifier: Apache-2.0
#include "model/refusal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <string_view>

namespace synroute::model {
namespace {

constexpr std::array kAll{
    Refusal::NotPermitted,
    Refusal::NoBuffers,
    Refusal::TooLong,
    Refusal::NoRoute,
    Refusal::InterfaceDown,
    Refusal::AddressGone,
    Refusal::Other};

TEST(Refusal, HasAReasonOfItsOwn) {
  std::set<std::string_view> reasons;
  for (const Refusal refusal : kAll) {
    reasons.insert(describe(refusal));
  }
  EXPECT_EQ(reasons.size(), kAll.size());
  EXPECT_FALSE(reasons.contains(""));
}

TEST(Refusal, IsExplainedByItsReasonAndALikelyCause) {
  EXPECT_EQ(explain(Refusal::NotPermitted), "not permitted (local firewall or IPsec policy?)");
  EXPECT_EQ(explain(Refusal::Other), "system error");
  for (const Refusal refusal : kAll) {
    EXPECT_TRUE(explain(refusal).starts_with(describe(refusal))) << describe(refusal);
  }
}

TEST(Refusal, CountsTheProbesThatWereNotSent) {
  EXPECT_EQ(
      not_sent_text(Refusal::NoBuffers, 2),
      "did not send 2 probes: no buffer space (interface queue full, or an egress filter?)");
  EXPECT_EQ(not_sent_text(Refusal::InterfaceDown, 1), "did not send 1 probe: interface down");
}

}  // namespace
}  // namespace synroute::model
