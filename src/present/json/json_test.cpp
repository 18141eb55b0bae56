// SPDX-License-Identifier: Apache-2.0
#include "present/json/json.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace synroute::present {
namespace {

using model::PortState;
using model::ReplyKind;
using nlohmann::json;
using support::address;
using support::ms;
using support::TraceBuilder;

model::Verdict open_at(int distance) {
  return {
      .state = PortState::Open,
      .reached = true,
      .distance = Ttl{static_cast<std::uint8_t>(distance)},
      .stop = model::StopReason::TargetAnswered};
}

json parsed(const TraceBuilder& built, const NameCache& names = {}) {
  return json::parse(to_json(built.trace(), names));
}

TEST(Json, GivesTimesAsMillisecondsRoundedToTheMicrosecond) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {0.4125, 12, 1.0004, 1.0006});
  const auto hop = parsed(built)["hops"][0];
  EXPECT_EQ(hop["probes"][0]["rtt_ms"].dump(), "0.412");  // half a microsecond goes to even
  EXPECT_EQ(hop["probes"][1]["rtt_ms"].dump(), "12.0");
  EXPECT_EQ(hop["probes"][2]["rtt_ms"].dump(), "1.0");
  EXPECT_EQ(hop["probes"][3]["rtt_ms"].dump(), "1.001");
}

TEST(Json, WritesTheStartInUtc) {
  TraceBuilder built;
  EXPECT_EQ(parsed(built)["started_at"], "2026-01-02T03:04:05.678Z");
  built.trace().started_at = WallTime{std::chrono::nanoseconds{951827696789999999}};
  EXPECT_EQ(parsed(built)["started_at"], "2000-02-29T12:34:56.789Z");
}

TEST(Json, CountsLateAnswersWithoutTheirTime) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {900}).late();
  const auto responder = parsed(built)["hops"][0]["responders"][0];
  EXPECT_EQ(responder["count"], 1);
  EXPECT_TRUE(responder["rtt_ms"].is_null());
}

TEST(Json, NumbersDirectAnswersAfterTheAttemptsOfTheRow) {
  TraceBuilder built;
  built.target(1, ReplyKind::SynAck, {1}).direct(ReplyKind::SynAck, {2, 3});
  built.verdict(open_at(1));
  const auto probes = parsed(built)["hops"][0]["probes"];
  ASSERT_EQ(probes.size(), 3U);
  EXPECT_EQ(probes[1]["attempt"], 2);
  EXPECT_EQ(probes[1]["role"], "direct");
  EXPECT_EQ(probes[2]["attempt"], 3);
  EXPECT_EQ(probes[2]["ttl"], 64);
}

TEST(Json, ListsEverySettledProbeOnce) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1}).target(2, ReplyKind::SynAck, {2}).silent(3, 2);
  built.direct(ReplyKind::SynAck, {2, 2, 2}).waiting(4);
  built.verdict(open_at(2), false);
  const auto whole = parsed(built);
  std::vector<int> ids;
  for (const auto& hop : whole["hops"]) {
    for (const auto& probe : hop["probes"]) {
      ids.push_back(probe["id"]);
    }
  }
  EXPECT_EQ(ids, (std::vector{0, 1, 4, 5}));
  ids.clear();
  for (const auto& probe : whole["other_probes"]) {
    ids.push_back(probe["id"]);
  }
  EXPECT_EQ(ids, (std::vector{2, 3, 6}));
}

TEST(Json, ListsAnswersThatContradictTheReplyWhereThereAreSome) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1, 2});
  model::Reply other = *built.trace().probes[0].reply();
  other.kind = ReplyKind::Unreachable;
  other.from = address("198.18.0.66");
  built.trace().probes[0].rivals = {{.reply = other, .is_disproved = true}};
  const auto probes = parsed(built)["hops"][0]["probes"];
  EXPECT_EQ(
      probes[0]["rivals"].dump(),
      R"([{"disproved":true,"from":"198.18.0.66","result":"unreachable","rtt_ms":1.0}])");
  EXPECT_FALSE(probes[1].contains("rivals"));
}

TEST(Json, TellsARefusedProbeFromALostOne) {
  TraceBuilder built;
  built.silent(1, 1).refused(1, model::Refusal::NotPermitted);
  const auto probes = parsed(built)["hops"][0]["probes"];
  EXPECT_EQ(probes[0]["result"], "timeout");
  EXPECT_TRUE(probes[0]["refusal"].is_null());
  EXPECT_EQ(probes[1]["result"], "refused");
  EXPECT_EQ(probes[1]["refusal"], "not permitted");
}

TEST(Json, EscapesTextFromTheNetworkAsAsciiThatParses) {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {1});
  NameCache names;
  names.learn(address("192.0.2.1"), "a\"\\\x1b\x7f\xff\xc3\xa9\xe2\x80\xae");
  const std::string text = to_json(built.trace(), names);
  for (const char character : text) {
    EXPECT_TRUE(character >= 0x20 && character < 0x7f);
  }
  EXPECT_EQ(
      json::parse(text)["hops"][0]["responders"][0]["name"],
      "a\"\\\x1b\x7f\xef\xbf\xbd\xc3\xa9\xe2\x80\xae");
}

class JsonPresenter : public testing::Test {
 protected:
  JsonPresenter() {
    built.router(1, "192.0.2.1", {1}).verdict({.stop = model::StopReason::GapLimit}, false);
  }
  std::string tell(Json& presenter) {
    seam::Text text;
    for (const model::Event& event : built.events()) {
      text += presenter.on(event);
    }
    return text.out;
  }
  Instant finished() const { return Instant{built.trace().duration}; }

  TraceBuilder built;
};

TEST_F(JsonPresenter, WritesOneLineAtTheEnd) {
  Json presenter{{.names = false, .name_wait = ms(50)}};
  const std::string line = tell(presenter);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_TRUE(presenter.done());
  EXPECT_EQ(presenter.deadline(), std::nullopt);
}

TEST_F(JsonPresenter, WaitsForANameAndWritesIt) {
  Json presenter{{.name_wait = ms(50)}};
  EXPECT_EQ(tell(presenter), "");
  EXPECT_FALSE(presenter.done());
  EXPECT_EQ(presenter.deadline(), finished() + ms(50));
  const model::NameKnown known{address("192.0.2.1"), "gw.lan"};
  const std::string line = presenter.on({finished() + ms(1), known}).out;
  EXPECT_EQ(json::parse(line)["hops"][0]["responders"][0]["name"], "gw.lan");
  EXPECT_TRUE(presenter.done());
}

TEST_F(JsonPresenter, WritesWithoutANameThatDoesNotCome) {
  Json presenter{{.name_wait = ms(50)}};
  EXPECT_EQ(tell(presenter), "");
  EXPECT_EQ(presenter.advance(finished() + ms(49)).out, "");
  const std::string line = presenter.advance(finished() + ms(50)).out;
  EXPECT_TRUE(json::parse(line)["hops"][0]["responders"][0]["name"].is_null());
}

TEST_F(JsonPresenter, DoesNotWaitWhenInterrupted) {
  built.trace().verdict.stop = model::StopReason::Interrupted;
  Json presenter{{.name_wait = ms(50)}};
  EXPECT_NE(tell(presenter), "");
  EXPECT_TRUE(presenter.done());
}

}  // namespace
}  // namespace synroute::present
