// SPDX-License-Identifier: Apache-2.0
#include "model/port_groups.hpp"

#include "model/port_list.hpp"
#include "support/scan_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synroute::model {
namespace {

using support::ScanBuilder;
using Where = ScanBuilder::Where;

/// One line for each group.
std::string lines(ScanBuilder& built) {
  std::string text;
  for (const PortGroup& group : group_ports(built.trace())) {
    text += port_list(group.ports) + ": " + group.sentence + "\n";
  }
  return text;
}

TEST(PortGroups, SayTheStateAloneWhenTheStoppingHopWasNotMeasured) {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 9).answered(443, ReplyKind::SynAck, 9).silent(25);
  built.answered(22, ReplyKind::Rst, 9).refused(23, "198.51.100.4", 13);
  EXPECT_EQ(
      lines(built),
      "22: closed; the host answers\n"
      "23: rejected by 198.51.100.4: admin prohibited\n"
      "25: filtered; no answer\n"
      "80, 443: open; the host answers\n");
}

TEST(PortGroups, AreOrderedByStoppingHopAndTheTargetComesLast) {
  ScanBuilder built;
  const Where host{10, "198.51.100.10", 11};
  built.answered(80, ReplyKind::SynAck, 9, host).answered(443, ReplyKind::SynAck, 9, host);
  built.silent(135, Where{2, "10.78.128.1", 3});
  for (const int port : {137, 138, 139}) {
    built.silent(port, Where{1, "192.168.0.1", 2});
  }
  built.refused(25, "198.51.100.4", 13, Where{4, "198.51.100.4", 5});
  EXPECT_EQ(
      lines(built),
      "137-139: dropped after hop 1 (192.168.0.1)\n"
      "135: dropped after hop 2 (10.78.128.1)\n"
      "25: rejected by hop 4 (198.51.100.4): admin prohibited\n"
      "80, 443: open; probes reach the host (11 hops)\n");
}

TEST(PortGroups, TellAMiddleboxThatAnswersFromTheHost) {
  ScanBuilder built;
  built.answered(21, ReplyKind::SynAck, 90, Where{16, "198.51.100.16", 17});
  built.answered(80, ReplyKind::SynAck, 10, Where{4, "198.51.100.4", 5});
  built.answered(25, ReplyKind::Rst, 10, Where{15, "198.51.100.15", 16});
  EXPECT_EQ(
      lines(built),
      "80: open; answered at hop 5, 12 hops nearer than other ports: a middlebox answers for the host\n"
      "25: closed; reset after hop 15 (198.51.100.15), 1 hop nearer than other ports: a middlebox answers for the host\n"
      "21: open; probes reach the host (17 hops)\n");
}

TEST(PortGroups, NameNoHopWhenNoneAnsweredBeforeTheDrop) {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 1, Where{0, "", 1}).silent(22, Where{0, "", 1});
  EXPECT_EQ(
      lines(built),
      "22: dropped at the host (1 hop) or just before it\n"
      "80: open; probes reach the host (1 hop)\n");
  ScanBuilder blind;
  blind.silent(22, Where{0, "", 1});
  EXPECT_EQ(lines(blind), "22: dropped before the first hop that answers\n");
}

TEST(PortGroups, NameNoMiddleboxWhereThisHostRedirects) {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 9, Where{3, "198.51.100.3", 4});
  built.answered(443, ReplyKind::Rst, 1, Where{0, "", 1});
  built.trace().probes.back().probe.is_redirected = true;
  EXPECT_EQ(
      lines(built),
      "443: closed; answered where NAT rules of this host redirect connections\n"
      "80: open; probes reach the host (4 hops)\n");
}

TEST(PortGroups, CallNoPortDroppedOnWhichTheHostAnswers) {
  ScanBuilder built;
  built.silent(443, Where{4, "198.51.100.4", 5}).silent(444, Where{4, "198.51.100.4", 5});
  built.trace().ports.front().heard = true;
  EXPECT_EQ(
      lines(built),
      "443: filtered; the host answers, but neither accepts nor refuses\n"
      "444: dropped after hop 4 (198.51.100.4)\n");
}

TEST(PortGroups, KeepDifferentSendersAndCodesApart) {
  ScanBuilder built;
  built.refused(1, "198.51.100.4", 13)
      .refused(2, "198.51.100.5", 13)
      .refused(3, "198.51.100.5", 10);
  built.refused(4, "203.0.113.80", 3).refused(5, "198.51.100.5", 13);
  EXPECT_EQ(
      lines(built),
      "1: rejected by 198.51.100.4: admin prohibited\n"
      "2, 5: rejected by 198.51.100.5: admin prohibited\n"
      "3: rejected by 198.51.100.5: host prohibited\n"
      "4: rejected by the host: port unreachable\n");
}

TEST(PortGroups, CallNoPortDroppedThatMayBeOpenAndSilent) {
  ScanBuilder built;
  built.silent(1, Where{3, "198.51.100.3", 4}).silent(2);
  for (PortResult& result : built.trace().ports) {
    result.state = PortState::OpenOrFiltered;
  }
  built.answered(3, ReplyKind::Rst, 9, Where{10, "198.51.100.10", 11});
  built.trace().ports.back().state = PortState::Unfiltered;
  EXPECT_EQ(
      lines(built),
      "1: open|filtered; no answer beyond hop 3 (198.51.100.3)\n"
      "3: unfiltered; probes reach the host (11 hops)\n"
      "2: open|filtered; no answer\n");
}

TEST(PortGroups, LeaveControlPortsOutAndSayWhatWasInferred) {
  ScanBuilder built;
  built.silent(1, Where{3, "198.51.100.3", 4}).silent(2, Where{3, "198.51.100.3", 4});
  built.trace().ports.back().reach->assumed = true;
  built.answered(50000, ReplyKind::Rst, 9).control();
  EXPECT_EQ(
      lines(built),
      "1, 2: dropped after hop 3 (198.51.100.3); for some ports inferred from neighbouring ports\n");
}

TEST(PortGroups, DoNotDifferByWhatElseAnOpenPortSaid) {
  ScanBuilder built;
  built.answered(21, ReplyKind::SynAck, 1).answered(23, ReplyKind::SynAck, 1);
  model::Trace trace = built.trace();
  trace.ports[0].heard = true;  // a challenge ACK during the search
  const auto groups = group_ports(trace);
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].ports, (std::vector{Port{21}, Port{23}}));
}

TEST(PortGroups, ComparePortsOnlyWithThoseThatLeaveByTheSameInterface) {
  ScanBuilder built;
  built.answered(22, ReplyKind::SynAck, 9, Where{3, "198.51.100.3", 4});
  built.answered(443, ReplyKind::SynAck, 9, Where{1, "198.51.100.1", 2});
  built.trace().ports[0].interface = "eth0";
  built.trace().ports[1].interface = "wg0";
  EXPECT_EQ(
      lines(built),
      "443: open; probes reach the host (2 hops); this host sends packets to this port by wg0\n"
      "22: open; probes reach the host (4 hops); this host sends packets to this port by eth0\n");
}

}  // namespace
}  // namespace synroute::model
