// SPDX-License-Identifier: Apache-2.0
#include "present/scan/scan.hpp"

#include "present/scan/scan_machine.hpp"
#include "support/scan_builder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace synroute::present {
namespace {

using model::ReplyKind;
using support::ScanBuilder;
using Where = ScanBuilder::Where;

const ServiceNames kServices{{Port{80}, "http"}, {Port{25}, "smtp"}};

ScanBuilder some_ports() {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 9.04, Where{2, "198.51.100.2", 3});
  built.answered(81, ReplyKind::Rst, 9, Where{2, "198.51.100.2", 3})
      .silent(82, Where{1, "192.0.2.1", 2});
  built.refused(25, "198.51.100.2", 13, Where{2, "198.51.100.2", 3});
  built.answered(50000, ReplyKind::Rst, 9).control();
  return built;
}

seam::Text run(Scan& scan, const ScanBuilder& built) {
  seam::Text text;
  for (model::Event event : built.events()) {
    event.at = event.at + std::chrono::seconds{1};
    text += scan.on(event);
  }
  return text;
}

TEST(Scan, ListsOpenAndRejectedPortsAndGroupsAll) {
  Scan scan{{.services = kServices, .port_count = 4}};
  const seam::Text text = run(scan, some_ports());
  EXPECT_EQ(
      text.out,
      "shop.example (203.0.113.80), 4 ports, from 192.0.2.7 via eth0\n"
      "\n"
      "     80  http              open             9.0 ms\n"
      "     25  smtp              rejected         2.5 ms\n"
      "\n"
      "82: dropped after hop 1 (192.0.2.1)\n"
      "25: rejected by hop 2 (198.51.100.2): admin prohibited\n"
      "80: open; probes reach the host (3 hops)\n"
      "81: closed; probes reach the host (3 hops)\n");
  EXPECT_EQ(text.err, "");
  EXPECT_TRUE(scan.done());
}

TEST(Scan, ShowsProgressOnlyOnATerminalAndErasesIt) {
  Scan scan{{.services = {}, .progress = true, .port_count = 4}};
  const seam::Text text = run(scan, some_ports());
  EXPECT_NE(text.err.find("of 4 ports scanned"), std::string::npos);
  EXPECT_TRUE(text.err.ends_with("\r\x1b[K"));
}

TEST(Scan, SaysThatItWasInterrupted) {
  ScanBuilder built;
  built.trace().verdict.stop = model::StopReason::Interrupted;
  Scan scan{{.services = {}, .port_count = 9}};
  EXPECT_NE(run(scan, built).out.find("interrupted: results so far\n"), std::string::npos);
}

TEST(Scan, SaysWhyNothingCanLeave) {
  ScanBuilder built;
  built.silent(80);
  built.trace().ports.back().state = model::PortState::Unreachable;
  built.trace().verdict = {
      .state = model::PortState::Unreachable, .stop = model::StopReason::Refused};
  for (model::ProbeRecord& record : built.trace().probes) {
    record.state = model::Refused{model::Refusal::NoCarrier};
  }
  Scan scan{{.port_count = 1}};
  const std::string text = run(scan, built).out;
  EXPECT_NE(text.find("80: unreachable\n"), std::string::npos) << text;
  EXPECT_NE(
      text.find("note: unreachable: eth0 has no carrier: nothing left this host\n"),
      std::string::npos)
      << text;
}

TEST(Scan, SanitisesNames) {
  ScanBuilder built;
  built.trace().target.name = "shop\x1b[2J";
  built.answered(80, ReplyKind::SynAck, 9);
  Scan scan{{.services = {{Port{80}, "ht\ntp"}}, .port_count = 1}};
  const std::string out = run(scan, built).out;
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  EXPECT_EQ(out.find("ht\ntp"), std::string::npos);
}

TEST(ScanJson, HasEveryPortWithItsEvidence) {
  auto built = some_ports();
  const auto json = nlohmann::json::parse(scan_to_json(built.trace(), kServices));
  EXPECT_EQ(json["schema"], "synroute.scan");
  ASSERT_EQ(json["ports"].size(), 5U);
  const auto& smtp = json["ports"][3];
  EXPECT_EQ(smtp["service"], "smtp");
  EXPECT_EQ(smtp["state"], "rejected");
  EXPECT_EQ(smtp["decided_by"]["from"], "198.51.100.2");
  EXPECT_EQ(smtp["decided_by"]["icmp"]["code"], 13);
  EXPECT_EQ(smtp["where"]["last_passed"], 2);
  EXPECT_TRUE(json["ports"][2]["decided_by"].is_null());
  EXPECT_EQ(json["ports"][2]["attempts"], 3);
  EXPECT_TRUE(json["ports"][4]["control"]);
  EXPECT_EQ(json["groups"][0]["ports"], "82");
}

TEST(ScanCsv, HasALineForEveryPortTheUserNamed) {
  auto built = some_ports();
  EXPECT_EQ(
      scan_to_csv(built.trace(), kServices),
      "203.0.113.80,80,http,open,9.040,203.0.113.80,,,2,198.51.100.2,3,\n"
      "203.0.113.80,81,,closed,9.000,203.0.113.80,,,2,198.51.100.2,3,\n"
      "203.0.113.80,82,,filtered,,,,,1,192.0.2.1,2,\n"
      "203.0.113.80,25,smtp,rejected,2.500,198.51.100.2,3,13,2,198.51.100.2,3,\n");
}

TEST(ScanCsv, KeepsSpreadsheetsFromEvaluatingFormulas) {
  ScanBuilder built;
  built.answered(80, ReplyKind::SynAck, 9);
  const std::string csv = scan_to_csv(built.trace(), {{Port{80}, "=1+1,\"x\""}});
  EXPECT_NE(csv.find(",\"'=1+1,\"\"x\"\"\","), std::string::npos) << csv;
}

}  // namespace
}  // namespace synroute::present
