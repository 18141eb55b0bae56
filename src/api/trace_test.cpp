// SPDX-License-Identifier: Apache-2.0
#include "api/trace.hpp"

#include "os/check.hpp"
#include "os/fd.hpp"
#include "support/two_hop_network.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>

namespace synroute::api {
namespace {

/// A socket on 127.0.0.1 that accepts connections, or only holds its port.
class LocalPort {
 public:
  explicit LocalPort(bool listens)
      : socket_{os::check("open socket", ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))} {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address_;
    auto* const generic = reinterpret_cast<sockaddr*>(&address_);
    os::check("bind", ::bind(socket_.get(), generic, length));
    os::check("ask for port", ::getsockname(socket_.get(), generic, &length));
    if (listens) {
      os::check("listen", ::listen(socket_.get(), 16));
    }
  }
  [[nodiscard]] Port port() const { return Port{ntohs(address_.sin_port)}; }

 private:
  os::Fd socket_;
  sockaddr_in address_{};
};

/// Counts what it is told and says one line at the end.
class Counting final : public seam::Presenter {
 public:
  explicit Counting(int& rows) : rows_{rows} {}
  seam::Text on(const model::Event& event) override {
    rows_ += std::holds_alternative<model::HopSettled>(event.what) ? 1 : 0;
    done_ = std::holds_alternative<model::TraceFinished>(event.what);
    return done_ ? seam::Text{.out = "end\n", .err = {}} : seam::Text{};
  }
  seam::Text advance(Instant /*now*/) override { return {}; }
  [[nodiscard]] std::optional<Instant> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  int& rows_;
  bool done_ = false;
};

TEST(Trace, FindsAnOpenPortOfThisHostWithoutRights) {
  const LocalPort server{true};
  const auto found =
      trace({.host = "127.0.0.1", .port = server.port(), .method = SendMethod::Connect});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->verdict.state, model::PortState::Open);
  EXPECT_EQ(found->verdict.distance, Ttl{1});
  EXPECT_EQ(found->method, model::Method::Connect);
  EXPECT_EQ(model::hops(*found).size(), 1U);
}

TEST(Trace, FindsAClosedPortByAnyMethod) {
  const LocalPort held{false};
  const auto found = trace({.host = "127.0.0.1", .port = held.port()});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->verdict.state, model::PortState::Closed);
}

TEST(Trace, NamesAHostWithoutAnAddressOfTheFamily) {
  const auto found = trace({.host = "127.0.0.1", .family = Family::V6});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, StartupErrorKind::UnknownHost);
  EXPECT_EQ(found.error().message, "target 127.0.0.1 is not IPv6");
}

using TraceInNamespaces = test::NamespaceTest;

/// The router's far address, asked for across its near one: a TTL of 1 passes the gateway.
TEST_F(TraceInNamespaces, KnowsTheGatewayThatATtlOfOnePasses) {
  const test::TwoHopNetwork network;
  const test::Inside inside{network.home()};
  const auto found = trace({.host = "203.0.113.1", .method = SendMethod::Raw});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->verdict.distance, Ttl{1});
  EXPECT_EQ(found->source.gateway, IpAddress::parse("192.0.2.1"));
  ASSERT_EQ(found->findings.size(), 1U);
  EXPECT_NE(found->findings.front().sentence.find("gateway 192.0.2.1"), std::string::npos)
      << found->findings.front().sentence;
}

TEST(TraceIn, WalksTheNetworkToItsOwnTarget) {
  const auto found = trace_in("home");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->target.port, Port{443});
  EXPECT_EQ(found->verdict.state, model::PortState::Open);
  EXPECT_EQ(found->verdict.distance, Ttl{7});
  EXPECT_EQ(found->method, model::Method::Sim);
  EXPECT_FALSE(found->findings.empty());
}

TEST(TraceIn, GivesTheSameTraceEveryTime) {
  const auto first = trace_in("home");
  const auto second = trace_in("home");
  ASSERT_TRUE(first && second);
  ASSERT_EQ(first->probes.size(), second->probes.size());
  EXPECT_EQ(first->duration, second->duration);
  EXPECT_EQ(first->probes.back().probe.sequence, second->probes.back().probe.sequence);
}

TEST(TraceIn, TellsPresentersAndHandsTheirTextOn) {
  int rows = 0;
  std::string text;
  Request request;
  request.presenters.push_back(std::make_unique<Counting>(rows));
  request.sink = [&](const seam::Text& said) {
    text += said.out;
    return true;
  };
  ASSERT_TRUE(trace_in("home", std::move(request)));
  EXPECT_EQ(rows, 7);
  EXPECT_EQ(text, "end\n");
}

TEST(TraceIn, NamesUnknownNetworksAndHosts) {
  const auto nowhere = trace_in("nowhere");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().kind, StartupErrorKind::NoScenario);
  const auto nobody = trace_in("home", {.host = "nobody"});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind, StartupErrorKind::UnknownHost);
}

}  // namespace
}  // namespace synroute::api
