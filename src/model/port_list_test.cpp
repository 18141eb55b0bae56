// SPDX-License-Identifier: Apache-2.0
#include "model/port_list.hpp"

#include <gtest/gtest.h>

#include <array>

namespace synroute::model {
namespace {

TEST(PortList, IsEmptyForNoPorts) {
  EXPECT_EQ(port_list({}), "");
}

TEST(PortList, WritesThreeConsecutivePortsAsARangeAndTwoApart) {
  constexpr std::array kPorts{Port{22}, Port{80}, Port{81}, Port{443}, Port{444}, Port{445}};
  EXPECT_EQ(port_list(kPorts), "22, 80, 81, 443-445");
}

TEST(PortList, ReachesTheLastPort) {
  constexpr std::array kPorts{Port{65533}, Port{65534}, Port{65535}};
  EXPECT_EQ(port_list(kPorts), "65533-65535");
}

}  // namespace
}  // namespace synroute::model
