// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/plan.hpp"

#include <gtest/gtest.h>

namespace synroute::tracer {
namespace {

const TargetRoute kRoute{
    .target = *IpAddress::parse("203.0.113.80"),
    .source = *IpAddress::parse("192.0.2.7"),
    .interface = "eth0",
    .mtu = 1500,
    .gateway = IpAddress::parse("192.0.2.1")};

std::vector<PlannedTrace> all_of(const PlanSource& plan) {
  std::vector<PlannedTrace> traces;
  while (auto trace = plan()) {
    traces.push_back(std::move(*trace));
  }
  return traces;
}

/// The plan for these targets, all of them on kRoute.
std::vector<PlannedTrace> plan(TraceRequest request, std::vector<TargetRequest> targets) {
  request.targets = std::move(targets);
  return all_of(plan_targets(
      request,
      7,
      [](const TargetRequest&) { return kRoute; },
      [](const StartupError& error) { ADD_FAILURE() << error.message; }));
}

TEST(Plan, HeadHoldsTheRequestAndTheRoute) {
  TraceRequest request;
  request.path.first_ttl = 2;
  request.path.last_ttl = 9;
  request.path.queries = 1;
  const auto traces =
      plan(request, {{.input = "x.example:81", .host = "x.example", .port = Port{81}}});
  ASSERT_EQ(traces.size(), 1U);
  const model::Trace& head = traces.front().settings.head;
  EXPECT_EQ(head.target.input, "x.example:81");
  EXPECT_EQ(head.target.name, "x.example");
  EXPECT_EQ(head.target.address, kRoute.target);
  EXPECT_EQ(head.target.port, Port{81});
  EXPECT_EQ(head.source.interface, "eth0");
  EXPECT_EQ(head.source.gateway, kRoute.gateway);
  EXPECT_EQ(head.first_ttl, 2);
  EXPECT_EQ(head.last_ttl, 9);
  EXPECT_EQ(head.queries, 1);
  EXPECT_EQ(head.packet_length, 60U);
}

TEST(Plan, AddressAsTypedIsNoName) {
  const auto traces =
      plan({}, {{.input = "203.0.113.80", .host = "203.0.113.80", .address = kRoute.target}});
  ASSERT_EQ(traces.size(), 1U);
  EXPECT_EQ(traces.front().settings.head.target.name, "");
}

TEST(Plan, EachTraceHasItsOwnSeed) {
  const auto traces = plan({}, {{.host = "a"}, {.host = "b"}});
  ASSERT_EQ(traces.size(), 2U);
  EXPECT_NE(traces[0].settings.seed, traces[1].settings.seed);
}

TEST(Plan, AScanHasPortsInsteadOfTheTargets) {
  TraceRequest request;
  request.scan_ports = {Port{22}, Port{443}};
  const auto traces = plan(request, {{.host = "a", .port = Port{80}}});
  ASSERT_EQ(traces.size(), 1U);
  EXPECT_EQ(traces.front().settings.target_ports, request.scan_ports);
  EXPECT_EQ(traces.front().settings.head.target.port, Port{22});
}

TEST(Plan, ARouteThatIsKnownIsNotLookedUp) {
  TraceRequest request;
  request.targets = {{.host = "a", .route = kRoute}};
  const auto traces = all_of(plan_targets(
      request,
      1,
      [](const TargetRequest&) -> std::expected<TargetRoute, StartupError> {
        ADD_FAILURE() << "looked up";
        return kRoute;
      },
      {}));
  EXPECT_EQ(traces.size(), 1U);
}

TEST(Plan, TargetsWithoutRouteAreReportedAndTheOthersTraced) {
  TraceRequest request;
  request.targets = {{.host = "lost"}, {.host = "found"}};
  std::vector<std::string> errors;
  const auto traces = all_of(plan_targets(
      request,
      1,
      [](const TargetRequest& target) -> std::expected<TargetRoute, StartupError> {
        if (target.host == "found") {
          return kRoute;
        }
        return std::unexpected{StartupError{StartupErrorKind::UnknownHost, "unknown host"}};
      },
      [&](const StartupError& error) { errors.push_back(error.message); }));
  ASSERT_EQ(traces.size(), 1U);
  EXPECT_EQ(traces.front().settings.head.target.name, "found");
  EXPECT_EQ(errors, std::vector<std::string>{"unknown host"});
}

TEST(Plan, TargetsThatAreReadComeAfterTheNamedOnesAndOnlyWhenAskedFor) {
  TraceRequest request;
  request.targets = {{.host = "named"}};
  int read = 0;
  request.more_targets = [&]() -> std::optional<TargetRequest> {
    return ++read <= 2 ? std::optional{TargetRequest{.host = "read" + std::to_string(read)}}
                       : std::nullopt;
  };
  const PlanSource plan = plan_targets(
      request, 1, [](const TargetRequest&) { return kRoute; }, [](const StartupError&) {});
  EXPECT_EQ(plan()->settings.head.target.name, "named");
  EXPECT_EQ(read, 0);
  EXPECT_EQ(plan()->settings.head.target.name, "read1");
  EXPECT_EQ(plan()->settings.head.target.name, "read2");
  EXPECT_FALSE(plan());
}

TEST(Plan, SourcePortsServeQueriesAndStandBy) {
  TraceRequest request;
  EXPECT_EQ(source_port_count(request), 11U);
  request.path.queries = 1;
  EXPECT_EQ(source_port_count(request), 10U) << "one asks the target directly";
  request.source.port = Port{4000};
  EXPECT_EQ(source_port_count(request), 1U);
  request.source.port.reset();
  request.method = SendMethod::Connect;
  EXPECT_EQ(source_port_count(request), 1U);
}

}  // namespace
}  // namespace synroute::tracer
