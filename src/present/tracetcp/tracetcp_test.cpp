// SPDX-License-Identifier: Apache-2.0
#include "present/tracetcp/tracetcp.hpp"

#include <gtest/gtest.h>

namespace synroute::present {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

const IpAddress kTarget = IpAddress::v4(0x4287c029);  // 66.135.192.41
const IpAddress kRouter = IpAddress::v4(0xc0a80001);  // 192.168.0.1

model::ProbeRecord lost() {
  model::ProbeRecord record;
  record.state = model::Lost{};
  return record;
}

model::ProbeRecord answered(model::ReplyKind kind, const IpAddress& from, Duration rtt) {
  model::ProbeRecord record;
  model::Reply reply;
  reply.kind = kind;
  reply.from = from;
  reply.rtt = rtt;
  record.state = model::Answered{.reply = reply};
  return record;
}

/// The output for a trace with these rows, from TTL 1 on. The names are known before the rows.
std::string text_of(
    const std::vector<std::vector<model::ProbeRecord>>& rows, TracetcpOptions options = {}) {
  Tracetcp presenter{options};
  std::string text;
  const auto tell = [&](auto what) { text += presenter.on({Instant{}, std::move(what)}).out; };
  model::Trace trace;
  trace.target.address = kTarget;
  trace.target.port = Port{80};
  tell(model::TraceStarted{trace});
  tell(model::NameKnown{.address = kTarget, .name = "www.ebay.co.uk"});
  tell(model::NameKnown{.address = kRouter, .name = "wintermute"});
  std::uint8_t ttl = 1;
  for (const auto& row : rows) {
    tell(model::HopSettled{.ttl = Ttl{ttl++}, .probes = row});
  }
  tell(model::TraceFinished{trace});
  EXPECT_TRUE(presenter.done());
  return text;
}

const auto kExpired = model::ReplyKind::TimeExceeded;

TEST(Tracetcp, WritesTheTraceOfTheTracetcpWebPage) {
  EXPECT_EQ(
      text_of(
          {{answered(kExpired, kRouter, microseconds{1900}),
            answered(kExpired, kRouter, milliseconds{1}),
            answered(kExpired, kRouter, milliseconds{2})},
           {lost(), lost(), lost()},
           {answered(model::ReplyKind::SynAck, kTarget, milliseconds{170})}}),
      "\n"
      "Tracing route to 66.135.192.41 [www.ebay.co.uk] on port 80\n"
      "Over a maximum of 30 hops.\n"
      "1\t1 ms\t1 ms\t2 ms\t192.168.0.1\t[wintermute]\n"
      "2\t*\t*\t*\tRequest timed out.\n"
      "3\tDestination Reached in 170 ms. Connection established to 66.135.192.41\n"
      "Trace Complete.\n");
}

TEST(Tracetcp, KeepsTheTabAfterAnAddressWithoutAName) {
  EXPECT_EQ(
      text_of(
          {{answered(kExpired, kRouter, milliseconds{1}),
            lost(),
            answered(kExpired, kRouter, milliseconds{3})}},
          {.names = false}),
      "\nTracing route to 66.135.192.41 on port 80\nOver a maximum of 30 hops.\n"
      "1\t1 ms\t*\t3 ms\t192.168.0.1\t\nTrace Complete.\n");
}

TEST(Tracetcp, StopsAtTheFirstConclusiveAnswerOfARow) {
  const std::string text = text_of(
      {{lost(),
        answered(model::ReplyKind::Rst, kTarget, milliseconds{9}),
        answered(model::ReplyKind::Rst, kTarget, milliseconds{8})}});
  EXPECT_NE(
      text.find("1\t*\tDestination Reached in 9 ms. Port closed on 66.135.192.41\n"),
      std::string::npos);
}

TEST(Tracetcp, CallsEveryUnreachableNoRoute) {
  const std::string text =
      text_of({{answered(model::ReplyKind::Unreachable, kRouter, milliseconds{1})}});
  EXPECT_NE(text.find("1\t\t192.168.0.1 reports: NO ROUTE\nTrace Complete.\n"), std::string::npos);
}

TEST(Tracetcp, WritesCondensedLinesWithoutHeader) {
  EXPECT_EQ(
      text_of(
          {{lost()}, {answered(model::ReplyKind::SynAck, kTarget, milliseconds{2})}},
          {.condensed = true, .names = false}),
      "[66.135.192.41:80]  1\t*\tRequest timed out.\n"
      "[66.135.192.41:80]  2\tDest. in 2 ms. Port OPEN on 66.135.192.41\n");
}

TEST(Tracetcp, EscapesHostileNames) {
  Tracetcp presenter{{}};
  model::Trace trace;
  trace.target.address = kTarget;
  presenter.on({Instant{}, model::TraceStarted{trace}});
  const std::string text =
      presenter.on({Instant{}, model::NameKnown{.address = kTarget, .name = "\x1b[2Jx"}}).out;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace synroute::present
