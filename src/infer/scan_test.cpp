// SPDX-License-Identifier: Apache-2.0
#include "infer/scan.hpp"

#include "support/scan_builder.hpp"

#include <gtest/gtest.h>

namespace synroute::infer {
namespace {

using model::FindingKind;
using model::ReplyKind;
using support::ScanBuilder;
using Where = ScanBuilder::Where;

TEST(InferScan, FindsNothingOnAnOrdinaryHost) {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 9, Where{10, "198.51.100.10", 11}).silent(25);
  built.answered(50000, ReplyKind::Rst, 9).control();
  EXPECT_TRUE(infer_scan(built.trace()).empty());
}

TEST(InferScan, ReportsAHostThatAnswersEveryPort) {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 9).answered(81, ReplyKind::SynAck, 9);
  for (const int port : {50000, 60001}) {
    built.answered(port, ReplyKind::SynAck, 5, Where{2, "198.51.100.2", 3}).control();
  }
  const auto findings = infer_scan(built.trace());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::AnswersEveryPort);
  EXPECT_EQ(findings[0].first_hop, Ttl{3});
  EXPECT_EQ(findings[0].evidence, (std::vector{ProbeId{2}, ProbeId{3}}));
  EXPECT_NE(findings[0].sentence.find("50000, 60001"), std::string::npos);
  EXPECT_NE(findings[0].sentence.find("answered at hop 3"), std::string::npos);
}

TEST(InferScan, NamesNoHopThatWasNotMeasured) {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 9).answered(50000, ReplyKind::SynAck, 5).control();
  const auto findings = infer_scan(built.trace());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].sentence.find("hop"), std::string::npos);
}

TEST(InferScan, ReportsPortsAnsweredNearerThanTheHost) {
  ScanBuilder built;
  built.answered(21, ReplyKind::SynAck, 90, Where{16, "198.51.100.16", 17});
  built.answered(80, ReplyKind::SynAck, 10, Where{4, "198.51.100.4", 5});
  const auto findings = infer_scan(built.trace());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::AnsweredNearer);
  EXPECT_EQ(findings[0].first_hop, Ttl{5});
  EXPECT_EQ(findings[0].evidence, std::vector{ProbeId{1}});
}

TEST(InferScan, NamesNoMiddleboxWhereThisHostRedirects) {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 9, Where{3, "198.51.100.3", 4});
  built.answered(443, ReplyKind::SynAck, 1, Where{0, "", 1});
  built.trace().probes.back().probe.is_redirected = true;
  built.answered(50000, ReplyKind::SynAck, 1, Where{0, "", 1}).control();
  built.trace().probes.back().probe.is_redirected = true;
  EXPECT_TRUE(infer_scan(built.trace()).empty());
}

TEST(InferScan, NamesThePortsWhoseAnswersThisHostDrops) {
  ScanBuilder built;
  built.answered(22, ReplyKind::SynAck, 9).answered(80, ReplyKind::SynAck, 9);
  built.answered(81, ReplyKind::Rst, 9).silent(25);
  model::Trace trace = built.trace();
  trace.probes[0].delivery = model::Delivery::Delivered;
  trace.probes[1].delivery = model::Delivery::NotDelivered;
  trace.probes[2].delivery = model::Delivery::NotDelivered;
  const auto findings = infer_scan(trace);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::OwnHostDropsAnswer);
  EXPECT_EQ(findings[0].evidence, (std::vector{ProbeId{1}, ProbeId{2}}));
  EXPECT_NE(findings[0].sentence.find("dropped the answers of ports 80, 81 "), std::string::npos);
}

TEST(InferScan, NamesWhatThisHostTranslates) {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 9);
  model::Trace trace = built.trace();
  const model::ConnectionTuple before{
      trace.source.address, Port{40000}, trace.target.address, Port{80}};
  for (std::uint16_t port = 8080; port < 8086; ++port) {
    model::ConnectionTuple after = before;
    after.destination_port = Port{port};
    trace.own_translations.push_back({before, after});
  }
  const auto findings = infer_scan(trace);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::OwnNat);
  EXPECT_NE(findings[0].sentence.find(":80 to 203.0.113.80:8083; and 2 more"), std::string::npos)
      << findings[0].sentence;
}

}  // namespace
}  // namespace synroute::infer
