// SPDX-License-Identifier: Apache-2.0
#include "cli/plan.hpp"

#include <gtest/gtest.h>

namespace synroute::cli {
namespace {

const Place kPlace{
    .target = *IpAddress::parse("203.0.113.80"),
    .source = *IpAddress::parse("192.0.2.7"),
    .interface = "eth0",
    .mtu = 1500};

TEST(Plan, ProbeIsASystemSynUnlessBare) {
  const auto usual = shape_of({}, Family::V4, kPlace);
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->length(Family::V4), 60U);
  EXPECT_TRUE(usual->dont_fragment);
  EXPECT_EQ(usual->options.maximum_segment_size(), 1460);
  const auto bare = shape_of({.bare = true}, Family::V4, kPlace);
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->length(Family::V4), 40U);
  EXPECT_FALSE(bare->dont_fragment);
}

TEST(Plan, ProbeWithoutSynHasNoSynOptions) {
  const auto shape = shape_of({.flags = wire::TcpFlag::Ack}, Family::V4, kPlace);
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->flags, wire::TcpFlags{wire::TcpFlag::Ack});
  EXPECT_TRUE(shape->options.empty());
}

TEST(Plan, EcnSetupAddsToWhateverFlags) {
  using wire::TcpFlag;
  const auto syn = shape_of({.ecn_setup = true}, Family::V4, kPlace);
  ASSERT_TRUE(syn);
  EXPECT_EQ(syn->flags, TcpFlag::Syn | TcpFlag::Ece | TcpFlag::Cwr);
}

TEST(Plan, LengthIsFilledWithThePrintableCycle) {
  const auto shape = shape_of({.bare = true, .length = 40 + 95}, Family::V4, kPlace);
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->length(Family::V4), 135U);
  EXPECT_EQ(shape->payload.front(), '!');
  EXPECT_EQ(shape->payload[92], '}');
  EXPECT_EQ(shape->payload[93], '!');
}

TEST(Plan, LengthMustHoldTheHeadersAndPassTheMtu) {
  EXPECT_TRUE(shape_of({.length = 60}, Family::V4, kPlace));
  EXPECT_TRUE(shape_of({.length = 1500}, Family::V4, kPlace));
  const auto small = shape_of({.length = 59}, Family::V4, kPlace);
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error(), "packet length 59 is too small: the headers of a probe take 60 bytes");
  const auto large = shape_of({.length = 1501}, Family::V4, kPlace);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error(), "packet length 1501 is above the MTU of eth0, 1500 bytes");
}

TEST(Plan, HeadTellsWhatWasAskedFor) {
  TraceRequest request;
  request.path.first_ttl = 2;
  request.path.last_ttl = 9;
  request.path.queries = 1;
  const TargetSpec target{.input = "x.example:81", .host = "x.example", .port = Port{81}};
  const auto settings = settings_of(request, target, kPlace, 7);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->head.target.input, "x.example:81");
  EXPECT_EQ(settings->head.target.name, "x.example");
  EXPECT_EQ(settings->head.target.address, kPlace.target);
  EXPECT_EQ(settings->head.target.port, Port{81});
  EXPECT_EQ(settings->head.source.interface, "eth0");
  EXPECT_EQ(settings->head.first_ttl, 2);
  EXPECT_EQ(settings->head.last_ttl, 9);
  EXPECT_EQ(settings->head.queries, 1);
  EXPECT_EQ(settings->head.packet_length, 60U);
  EXPECT_EQ(settings->seed, 7U);
}

TEST(Plan, AddressAsTypedIsNoName) {
  const TargetSpec target{
      .input = "203.0.113.80", .host = "203.0.113.80", .address = kPlace.target};
  EXPECT_EQ(settings_of({}, target, kPlace, 1)->head.target.name, "");
}

TEST(Plan, SourcePortsServeQueriesAndStandBy) {
  TraceRequest request;
  EXPECT_EQ(source_port_count(request), 11U);
  request.path.queries = 1;
  EXPECT_EQ(source_port_count(request), 9U);
  request.way_out.source_port = Port{4000};
  EXPECT_EQ(source_port_count(request), 1U);
  request.way_out.source_port.reset();
  request.method = SendMethod::Connect;
  EXPECT_EQ(source_port_count(request), 1U);
}

TEST(Plan, ContradictionsAreFound) {
  TraceRequest request;
  request.path.first_ttl = 5;
  request.path.last_ttl = 4;
  EXPECT_EQ(check(request).error(), "the first TTL, 5, is above the last, 4");
  request = {};
  request.family = Family::V6;
  request.way_out.source = IpAddress::parse("192.0.2.7");
  EXPECT_EQ(check(request).error(), "source address 192.0.2.7 is not IPv6");
  request.way_out.source = std::nullopt;
  request.targets = {
      {.input = "192.0.2.1", .host = "192.0.2.1", .address = IpAddress::parse("192.0.2.1")}};
  EXPECT_EQ(check(request).error(), "target 192.0.2.1 is not IPv6");
}

TEST(Plan, OnlyPlainSynsCanGoWithoutRights) {
  EXPECT_EQ(what_needs_raw({}), "");
  EXPECT_EQ(what_needs_raw({.look = {.flags = wire::TcpFlag::Syn, .tos = 8}}), "");
  EXPECT_EQ(what_needs_raw({.look = {.flags = wire::TcpFlag::Ack}}), "--flags");
  EXPECT_EQ(what_needs_raw({.look = {.ecn_setup = true}}), "--ecn-setup");
  EXPECT_EQ(what_needs_raw({.look = {.bare = true}}), "--bare-syn");
  EXPECT_EQ(what_needs_raw({.look = {.length = 100}}), "--length");
  EXPECT_EQ(what_needs_raw({.way_out = {.source_port = Port{4000}}}), "--sport without --paris");
  EXPECT_EQ(what_needs_raw({.way_out = {.source_port = Port{4000}}, .paris = true}), "");
  EXPECT_EQ(what_needs_raw({.way_out = {.mark = 7}}), "--mark");
}

TEST(Plan, SourceAddressChoosesTheFamily) {
  TraceRequest request;
  EXPECT_EQ(wanted_family(request), std::nullopt);
  request.way_out.source = IpAddress::parse("2001:db8::1");
  EXPECT_EQ(wanted_family(request), Family::V6);
}

}  // namespace
}  // namespace synroute::cli
