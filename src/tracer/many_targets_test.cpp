// SPDX-License-Identifier: Apache-2.0
#include "model/hop.hpp"
#include "sim/scenario/builtin.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/truth/truth.hpp"
#include "tracer/network/simulated_network.hpp"
#include "tracer/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace synroute::tracer {
namespace {

constexpr Port kPort{443};

const sim::Scenario& internet() {
  static const sim::Scenario scenario = *sim::parse_scenario(sim::internet_scenario(7));
  return scenario;
}

/// Addresses all over 11.0.0.0/8.
std::vector<TargetRequest> sample(std::uint32_t count) {
  std::vector<TargetRequest> targets;
  for (std::uint32_t i = 0; i < count; ++i) {
    const IpAddress address = IpAddress::v4(0x0b000000U + (i + 1) * 7'654'321U % (1U << 24));
    const std::string text = address.to_string();
    targets.push_back({.input = text, .host = text, .address = address, .port = kPort});
  }
  return targets;
}

std::vector<model::Trace> trace_together(std::vector<TargetRequest> targets) {
  SimulatedNetwork network{internet()};
  Job job;
  job.request.targets = std::move(targets);
  job.request.names = HopNames::None;
  job.rates = {.all = 1000, .network = 50};
  auto outcome = run(std::move(job), network);
  return outcome ? std::move(outcome->traces) : std::vector<model::Trace>{};
}

bool is_among(const std::vector<sim::TrueHop>& hops, Ttl ttl, const IpAddress& address) {
  return std::ranges::any_of(hops, [&](const sim::TrueHop& hop) {
    return hop.ttl == ttl && std::ranges::any_of(hop.answers, [&](const auto& answer) {
             return answer.from == address;
           });
  });
}

/// What is wrong with a trace; empty when nothing is. A silent row is no false statement.
std::string errors_of(const model::Trace& trace, const sim::Truth& truth) {
  std::string errors;
  if (trace.verdict.state != truth.state) {
    errors += std::string{"state "} + std::string{model::name(trace.verdict.state)} + " is not "
              + std::string{model::name(truth.state)} + "; ";
  }
  if (trace.verdict.distance && trace.verdict.distance != truth.distance) {
    errors += "distance " + std::to_string(trace.verdict.distance->value()) + "; ";
  }
  for (const model::Hop& hop : model::hops(trace)) {
    for (const model::Responder& responder : hop.responders()) {
      if (!is_among(truth.hops, hop.ttl, responder.address)) {
        errors += responder.address.to_string() + " at " + std::to_string(hop.ttl.value()) + "; ";
      }
    }
  }
  return errors;
}

TEST(ManyTargets, AreAsRightTogetherAsOneByOne) {
  const auto targets = sample(200);
  const auto together = trace_together(targets);
  ASSERT_EQ(together.size(), targets.size());
  int judged = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const sim::Truth truth = sim::find_truth(internet(), *targets[i].address, kPort);
    if (truth.by_chance) {
      continue;
    }
    ++judged;
    const auto alone = trace_together({targets[i]});
    ASSERT_EQ(alone.size(), 1U);
    EXPECT_EQ(errors_of(alone.front(), truth), "") << targets[i].input;
    EXPECT_EQ(errors_of(together[i], truth), "") << targets[i].input;
    EXPECT_EQ(together[i].verdict.distance, alone.front().verdict.distance) << targets[i].input;
  }
  EXPECT_GT(judged, 150) << "targets with loss on their path have no certain truth";
}

}  // namespace
}  // namespace synroute::tracer
