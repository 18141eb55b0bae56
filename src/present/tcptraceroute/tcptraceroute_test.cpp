// SPDX-License-Identifier: Apache-2.0
#include "present/tcptraceroute/tcptraceroute.hpp"

#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace synroute::present {
namespace {

using model::ReplyKind;
using model::StopReason;
using support::ms;
using support::TraceBuilder;

const model::Verdict kOpenAtTwo{
    .state = model::PortState::Open,
    .reached = true,
    .distance = Ttl{2},
    .stop = StopReason::TargetAnswered};
const model::Verdict kNotReached{.stop = StopReason::MaxTtl};

Instant at(double milliseconds_in) {
  return Instant{ms(milliseconds_in)};
}

model::Trace head() {
  TraceBuilder built;
  model::Trace trace = built.trace();
  trace.queries = 1;
  trace.packet_length = 40;
  trace.source.port = Port{40001};
  return trace;
}

/// A presenter fed with single events, with one probe per hop.
class TcptracerouteTest : public testing::Test {
 protected:
  void start(const TcptracerouteOptions& options = {.rows = {.names = false}}) {
    presenter = std::make_unique<Tcptraceroute>(options);
    tell(0, model::TraceStarted{head()});
    output = {};
  }
  void tell(double when, auto what) { output += presenter->on({at(when), std::move(what)}); }
  void settle(double when, std::size_t probe) {
    const model::ProbeRecord& record = built.trace().probes.at(probe);
    tell(when, model::ProbeSettled{record});
    tell(when, model::HopSettled{.ttl = record.probe.ttl, .probes = {record}});
  }
  void finish(double when, const model::Verdict& verdict) {
    built.verdict(verdict, false);
    tell(when, model::TraceFinished{built.trace()});
  }

  TraceBuilder built;
  std::unique_ptr<Tcptraceroute> presenter;
  seam::Text output;
};

TEST_F(TcptracerouteTest, PrintsTheHeaderOnStandardError) {
  Tcptraceroute fresh{{}};
  const seam::Text text = fresh.on({at(0), model::TraceStarted{head()}});
  EXPECT_EQ(text.out, "");
  EXPECT_EQ(
      text.err,
      "Selected device eth0, address 192.0.2.7, port 40001 for outgoing packets\n"
      "Tracing the path to shop.example (203.0.113.80) on TCP port 443 (https), 30 hops max\n");
}

TEST_F(TcptracerouteTest, OmitsNameServiceAndSourcePortWhenThereAreNone) {
  model::Trace plain = head();
  plain.target.input = "203.0.113.80";
  plain.target.service = "";
  plain.last_ttl = 255;
  plain.packet_length = 100;
  Tcptraceroute fresh{{.show_source_port = false}};
  EXPECT_EQ(
      fresh.on({at(0), model::TraceStarted{plain}}).err,
      "Selected device eth0, address 192.0.2.7 for outgoing packets\n"
      "Tracing the path to 203.0.113.80 on TCP port 443, 255 hops max, 100 byte packets\n");
}

TEST_F(TcptracerouteTest, ShowsTheAddressWhenTheTargetWasTypedDifferently) {
  model::Trace plain = head();
  plain.target.input = "0xcb007150";
  Tcptraceroute fresh{{}};
  EXPECT_NE(
      fresh.on({at(0), model::TraceStarted{plain}})
          .err.find("path to 0xcb007150 (203.0.113.80) on"),
      std::string::npos);
}

TEST_F(TcptracerouteTest, PrintsRowsInOrderWhateverSettlesFirst) {
  built.router(1, "192.0.2.1", {1}).target(2, ReplyKind::SynAck, {2});
  built.last_reply().flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
  start();
  settle(3, 1);
  EXPECT_EQ(output.out, "");
  settle(4, 0);
  EXPECT_EQ(output.out, " 1  192.0.2.1  1.000 ms\n 2  203.0.113.80 [open]  2.000 ms\n");
  finish(5, kOpenAtTwo);
  EXPECT_EQ(output.err, "");
  EXPECT_TRUE(presenter->done());
}

TEST_F(TcptracerouteTest, ReportsANotReachedTargetLastAndOnStandardError) {
  built.silent(1, 1);
  start();
  settle(3000, 0);
  EXPECT_EQ(output.out, " 1  *\n");
  finish(3000, kNotReached);
  EXPECT_EQ(output.out, " 1  *\n");
  EXPECT_EQ(output.err, "");  // text returned together with rows may be written before them
  EXPECT_EQ(presenter->deadline(), at(3000));
  EXPECT_FALSE(presenter->done());
  output += presenter->advance(at(3000));
  EXPECT_EQ(output.err, "Destination not reached\n");
  EXPECT_TRUE(presenter->done());
  EXPECT_EQ(presenter->deadline(), std::nullopt);
  tell(3001, model::NameKnown{support::address("192.0.2.1"), "late"});
  EXPECT_EQ(output.err, "Destination not reached\n");
}

TEST_F(TcptracerouteTest, WaitsOneSecondForAName) {
  built.router(1, "192.0.2.1", {1}).router(2, "192.0.2.2", {1});
  start({});
  settle(10, 0);
  settle(10, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(presenter->deadline(), at(1010));
  tell(500, model::NameKnown{support::address("192.0.2.1"), "gw.example"});
  EXPECT_EQ(output.out, " 1  gw.example (192.0.2.1)  1.000 ms\n");
  output += presenter->advance(at(1010));
  EXPECT_EQ(output.out, " 1  gw.example (192.0.2.1)  1.000 ms\n 2  192.0.2.2  1.000 ms\n");
}

TEST_F(TcptracerouteTest, WaitsForNoNameOfAPrivateAddress) {
  built.router(1, "10.0.0.1", {1});
  start({});
  settle(10, 0);
  EXPECT_EQ(output.out, " 1  10.0.0.1  1.000 ms\n");
}

TEST_F(TcptracerouteTest, ShowsALateAnswerWhileItsRowIsQueued) {
  built.silent(1, 1).router(2, "192.0.2.2", {900});
  start();
  settle(500, 1);
  model::ProbeRecord lost = built.trace().probes[1];
  lost.state = model::Lost{};
  presenter = std::make_unique<Tcptraceroute>(TcptracerouteOptions{.rows = {.names = false}});
  tell(0, model::TraceStarted{head()});
  output = {};
  tell(500, model::HopSettled{.ttl = Ttl{2}, .probes = {lost}});
  model::ProbeRecord late = built.trace().probes[1];
  std::get<model::Answered>(late.state).late = true;
  tell(900, model::ProbeSettled{late});
  settle(3000, 0);
  EXPECT_EQ(output.out, " 1  *\n 2  192.0.2.2  900.000 ms\n");
}

TEST_F(TcptracerouteTest, DoesNotEndTheUnfinishedRowWhenInterrupted) {
  start();
  model::Trace whole = head();
  whole.queries = 3;
  presenter = std::make_unique<Tcptraceroute>(TcptracerouteOptions{.rows = {.names = false}});
  tell(0, model::TraceStarted{whole});
  output = {};
  built.router(1, "192.0.2.1", {1, 1}).waiting(1);
  for (int i = 0; i < 3; ++i) {
    built.trace().probes[static_cast<std::size_t>(i)].probe.attempt = i + 1;
  }
  finish(10, {.stop = StopReason::Interrupted});
  EXPECT_EQ(output.out, " 1  192.0.2.1  1.000 ms  1.000 ms");
  EXPECT_EQ(output.err, "");
  EXPECT_TRUE(presenter->done());
}

TEST_F(TcptracerouteTest, ShowsProbesOneByOneWhenSentOneByOne) {
  start({.rows = {.names = false}, .one_by_one = true});
  model::Trace whole = head();
  whole.queries = 2;
  tell(0, model::TraceStarted{whole});
  output = {};
  built.router(1, "192.0.2.1", {1}).silent(1, 1);
  built.last().probe.attempt = 2;
  tell(1, model::ProbeSettled{built.trace().probes[0]});
  EXPECT_EQ(output.out, " 1  192.0.2.1  1.000 ms");
  tell(3001, model::ProbeSettled{built.trace().probes[1]});
  EXPECT_EQ(output.out, " 1  192.0.2.1  1.000 ms *\n");
}

TEST_F(TcptracerouteTest, FillsUpARowWithLostProbes) {
  start();
  model::Trace whole = head();
  whole.queries = 3;
  tell(0, model::TraceStarted{whole});
  output = {};
  built.router(1, "192.0.2.1", {1});
  settle(5, 0);
  EXPECT_EQ(output.out, " 1  192.0.2.1  1.000 ms * *\n");
}

TEST_F(TcptracerouteTest, ReportsWhyThisHostSentNothing) {
  start();
  built.refused(1, model::Refusal::NotPermitted);
  built.trace().packet_length = 40;
  finish(1, {.stop = StopReason::Refused});
  output += presenter->advance(at(1));
  EXPECT_EQ(
      output.err,
      "libnet_write failed?  Attempted to write 40 bytes, only wrote -1\n"
      "This host did not let the packet out: not permitted\n");
  EXPECT_EQ(output.out, "");
}

TEST_F(TcptracerouteTest, KeepsDebugLinesOffTheRows) {
  start({.rows = {.names = false}, .debug = true});
  wire::Datagram probe;
  probe.ip.source = support::address("192.0.2.7");
  probe.ip.destination = support::address("203.0.113.80");
  probe.body = wire::TcpSegment{};
  tell(1, model::PacketSent{probe});
  EXPECT_EQ(output.out, "");
  EXPECT_TRUE(output.err.starts_with("debug: ")) << output.err;
}

}  // namespace
}  // namespace synroute::present
