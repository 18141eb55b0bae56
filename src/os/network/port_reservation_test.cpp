// SPDX-License-Identifier: Apache-2.0
#include "os/network/port_reservation.hpp"

#include "os/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace synroute::os {
namespace {

const IpAddress kLoopback = *IpAddress::parse("127.0.0.1");
const IpAddress kLoopback6 = *IpAddress::parse("::1");

TEST(PortReservation, TakesAPortNobodyHas) {
  const PortReservation reservation{{.source = kLoopback}};
  ASSERT_EQ(reservation.ports().size(), 1U);
  EXPECT_GE(reservation.ports().front().value(), 1024);
}

TEST(PortReservation, HoldsItAgainstOthers) {
  const PortReservation holder{{.source = kLoopback}};
  const Port port = holder.ports().front();
  try {
    const PortReservation second{{.source = kLoopback, .ports = {port}}};
    FAIL() << "the same port twice";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.error(), EADDRINUSE);
    EXPECT_EQ(
        std::string{error.what()},
        "reserve source port " + std::to_string(port.value())
            + " on 127.0.0.1: Address already in use");
  }
}

TEST(PortReservation, GivesItBackAtTheEnd) {
  Port port;
  {
    const PortReservation holder{{.source = kLoopback}};
    port = holder.ports().front();
  }
  const PortReservation next{{.source = kLoopback, .ports = {port}}};
  EXPECT_EQ(next.ports().front(), port);
}

TEST(PortReservation, HoldsManyAndMore) {
  PortReservation reservation{{.source = kLoopback6, .ports = std::vector<Port>(50)}};
  reservation.add();
  const std::set<Port> distinct{reservation.ports().begin(), reservation.ports().end()};
  EXPECT_EQ(distinct.size(), 51U);
}

TEST(PortReservation, NamesAnUnknownInterface) {
  try {
    const PortReservation reservation{{.source = kLoopback, .egress = {.interface = "nosuch0"}}};
    FAIL() << "bound to an interface that does not exist";
  } catch (const SystemError& error) {
    EXPECT_STREQ(error.what(), "use interface nosuch0: No such device");
  }
}

}  // namespace
}  // namespace synroute::os
