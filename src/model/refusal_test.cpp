// SPDX-License-Identifier: Apache-2.0
#include "model/refusal.hpp"

#include <gtest/gtest.h>

#include <set>

namespace synroute::model {
namespace {

TEST(Refusal, HasAReasonOfItsOwnForEachKind) {
  std::set<std::string_view> reasons;
  for (const Refusal refusal :
       {Refusal::NotPermitted,
        Refusal::NoBuffers,
        Refusal::TooLong,
        Refusal::NoRoute,
        Refusal::InterfaceDown,
        Refusal::AddressGone,
        Refusal::Other}) {
    reasons.insert(describe(refusal));
  }
  EXPECT_EQ(reasons.size(), 7U);
  EXPECT_FALSE(reasons.contains(""));
}

TEST(Refusal, IsExplainedWithAHintWhereThereIsOne) {
  EXPECT_EQ(explain(Refusal::NotPermitted), "not permitted (local firewall?)");
  EXPECT_EQ(explain(Refusal::InterfaceDown), "interface down");
}

}  // namespace
}  // namespace synroute::model
