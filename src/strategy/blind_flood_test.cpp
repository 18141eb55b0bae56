// SPDX-License-Identifier: Apache-2.0
// Floods of a forger who sees none of our packets, while the target is silent: nothing of it may be
// believed. SECURITY.md promises at most one believed trace in 50,000.
#include "support/blind_flood.hpp"

#include "engine/engine.hpp"
#include "strategy/classic/classic_path.hpp"
#include "strategy/path/trace_path.hpp"
#include "strategy/scan/port_scan.hpp"
#include "support/engine_run.hpp"
#include "support/reply_packets.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace synroute::strategy {
namespace {

using support::BlindFlood;
using support::Forgery;

constexpr int kFloods = 100;
constexpr int kRouters = 4;
constexpr Port kPort{443};

/// What is traced, and the addresses of one family.
struct Setting {
  Family family = Family::V4;
  bool scattered = true;

  [[nodiscard]] IpAddress source() const {
    return family == Family::V4 ? IpAddress::v4(0xc0000207) : *IpAddress::parse("2001:db8::7");
  }
  [[nodiscard]] IpAddress target() const {
    return family == Family::V4 ? IpAddress::v4(0xcb007150) : *IpAddress::parse("2001:db8:80::80");
  }
  [[nodiscard]] IpAddress router(int ttl) const {
    return family == Family::V4 ? IpAddress::v4(0xc6336400U + static_cast<std::uint32_t>(ttl))
                                : *IpAddress::parse("2001:db8:" + std::to_string(ttl) + "::1");
  }

  [[nodiscard]] engine::Settings settings(std::uint64_t seed) const {
    engine::Settings settings;
    settings.head.source.address = source();
    settings.head.target.address = target();
    settings.head.target.port = kPort;
    Random random{seed};
    for (int i = 0; i < 11; ++i) {
      settings.source_ports.emplace_back(static_cast<std::uint16_t>(32768 + random.below(28232)));
    }
    settings.proof_ports = support::proof_ports();
    settings.shape = engine::system_syn(family);
    settings.descending_sequence = !scattered;
    settings.seed = seed;
    return settings;
  }

  /// Routers report what expires at them; beyond them everything is silent.
  [[nodiscard]] support::Answers answers(const wire::Datagram& probe) const {
    const int ttl = probe.ip.ttl.value();
    if (ttl > kRouters) {
      return {};
    }
    const std::uint8_t type = family == Family::V4 ? 11 : 3;
    return {{std::chrono::milliseconds{5 * ttl}, support::icmp_error(router(ttl), type, 0, probe)}};
  }
};

enum class Form : std::uint8_t { Trace, Scan, Classic };

std::unique_ptr<engine::Strategy> strategy_of(Form form, engine::Settings& settings, int seed) {
  const int queries = seed % 2 == 0 ? 3 : 1;
  settings.head.queries = queries;
  switch (form) {
    case Form::Trace:
      return trace_path(
          {.queries = queries, .ahead = seed % 4 == 1 ? 1 : 8}, settings.source_ports.size() - 1);
    case Form::Scan:
      settings.target_ports = {Port{22}, Port{80}, kPort, Port{8080}};
      settings.source_ports.resize(1);
      return port_scan({.retries = 1, .where = seed % 4 == 2}, settings.target_ports.size());
    case Form::Classic:
      settings.shape = engine::bare_syn();
      settings.source_ports.resize(1);
      settings.probes_max =
          static_cast<std::size_t>(2 * 12 * queries + queries);  // as tcptraceroute
      return classic_path({.last_ttl = 12, .queries = queries, .wait = std::chrono::seconds{1}});
  }
  return nullptr;
}

/// What the trace says that is not true; empty when there is nothing.
std::string falsehood(const model::Trace& trace, const Setting& setting) {
  if (trace.verdict.state != model::PortState::Filtered || trace.verdict.reached
      || trace.verdict.distance) {
    return "state " + std::string{model::name(trace.verdict.state)}
           + (trace.verdict.reached ? ", reached" : "");
  }
  for (const model::ProbeRecord& record : trace.probes) {
    const model::Reply* reply = record.reply();
    if (reply != nullptr && reply->from != setting.router(record.probe.ttl.value())) {
      return "an answer from " + reply->from.to_string();
    }
  }
  for (const model::PortResult& port : trace.ports) {
    if (port.state != model::PortState::Filtered) {
      return "a port that is not filtered";
    }
  }
  return {};
}

std::string flooded(Form form, Forgery kind, const Setting& setting, int seed) {
  constexpr std::array<double, 5> kRates{1e3, 1e4, 3e4, 2e5, 1e6};
  engine::Settings settings = setting.settings(static_cast<std::uint64_t>(seed));
  auto strategy = strategy_of(form, settings, seed);
  std::vector<Port> ports = settings.source_ports;
  ports.insert(ports.end(), settings.proof_ports.begin(), settings.proof_ports.end());
  const BlindFlood flood{
      .kind = kind,
      .rate = kRates[static_cast<std::size_t>(seed) % kRates.size()],
      .source = setting.source(),
      .target = setting.target(),
      .ports = std::move(ports),
      .target_ports = settings.target_ports.empty() ? std::vector{kPort} : settings.target_ports};
  engine::Engine engine{std::move(settings), std::move(strategy)};
  std::string found = "no end";
  support::run_engine(
      engine,
      [&](const wire::Datagram& probe, Instant) { return setting.answers(probe); },
      [&](const model::Event& event) {
        if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
          found = falsehood(finished->trace, setting);
        }
      },
      flood.packets(static_cast<std::uint64_t>(seed) * 31));
  return found;
}

class BlindFloods : public testing::TestWithParam<Form> {};

TEST_P(BlindFloods, AreNeverBelieved) {
  for (const auto& [kind, name] : support::kForgeries) {
    for (const Family family : {Family::V4, Family::V6}) {
      int believed = 0;
      std::string example;
      for (int seed = 1; seed <= kFloods; ++seed) {
        const Setting setting{.family = family, .scattered = seed % 3 == 0};
        const std::string found = flooded(GetParam(), kind, setting, seed);
        believed += found.empty() ? 0 : 1;
        example = found.empty() ? example : found;
      }
      EXPECT_EQ(believed, 0) << name << (family == Family::V4 ? ", IPv4: " : ", IPv6: ") << example;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, BlindFloods, testing::Values(Form::Trace, Form::Scan, Form::Classic));

}  // namespace
}  // namespace synroute::strategy
