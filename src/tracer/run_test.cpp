// SPDX-License-Identifier: Apache-2.0
#include "tracer/run.hpp"

#include "sim/scenario/builtin.hpp"
#include "sim/scenario/scenario.hpp"
#include "tracer/network/simulated_network.hpp"

#include <gtest/gtest.h>

namespace synroute::tracer {
namespace {

sim::Scenario home() {
  return *sim::parse_scenario(*sim::named_scenario("home"));
}

/// Writes one line when its trace is finished.
class OneLine final : public seam::Presenter {
 public:
  seam::Text on(const model::Event& event) override {
    const auto* finished = std::get_if<model::TraceFinished>(&event.what);
    done_ = done_ || finished != nullptr;
    return {.out = finished != nullptr ? finished->trace.target.input + "\n" : "", .err = {}};
  }
  seam::Text advance(Instant /*now*/) override { return {}; }
  [[nodiscard]] std::optional<Instant> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  bool done_ = false;
};

Job job_for(const sim::Scenario& scenario) {
  Job job;
  job.request.targets = targets_of(scenario);
  job.presenters = [] {
    std::vector<std::unique_ptr<seam::Presenter>> presenters;
    presenters.push_back(std::make_unique<OneLine>());
    return presenters;
  };
  return job;
}

TEST(Run, WritesTheHeadingAndThenTheTraces) {
  const sim::Scenario scenario = home();
  SimulatedNetwork network{scenario};
  Job job = job_for(scenario);
  std::string text;
  job.heading = "heading\n";
  job.sink = [&](const seam::Text& said) {
    text += said.out;
    return true;
  };
  const auto outcome = run(std::move(job), network);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(text, "heading\n" + scenario.targets.front().name + "\n");
  ASSERT_EQ(outcome->traces.size(), 1U);
  EXPECT_EQ(outcome->traces.front().verdict.state, model::PortState::Open);
  EXPECT_EQ(outcome->traces.front().method, model::Method::Sim);
}

TEST(Run, StopsWhenTheTextIsNotTakenAnyMore) {
  const sim::Scenario scenario = home();
  SimulatedNetwork network{scenario};
  Job job = job_for(scenario);
  job.heading = "heading\n";
  job.sink = [](const seam::Text&) { return false; };
  const auto outcome = run(std::move(job), network);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->reader_gone);
  EXPECT_TRUE(outcome->traces.empty());
}

TEST(Run, TracesToTheTargetsThatAreFound) {
  const sim::Scenario scenario = home();
  SimulatedNetwork network{scenario};
  Job job = job_for(scenario);
  job.request.targets.insert(job.request.targets.begin(), {.input = "nobody", .host = "nobody"});
  std::vector<std::string> skipped;
  job.skipped = [&](const StartupError& error) { skipped.push_back(error.message); };
  const auto outcome = run(std::move(job), network);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->traces.size(), 1U);
  EXPECT_EQ(skipped, std::vector<std::string>{"unknown host nobody in this scenario"});
}

TEST(Run, SaysWhyItCannotStart) {
  const sim::Scenario scenario = home();
  SimulatedNetwork network{scenario};
  Job job = job_for(scenario);
  job.request.path.first_ttl = 31;
  const auto outcome = run(std::move(job), network);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, StartupErrorKind::InvalidRequest);
}

TEST(Run, DoesNotStartWithoutItsCaptureFile) {
  const sim::Scenario scenario = home();
  SimulatedNetwork network{scenario};
  Job job = job_for(scenario);
  job.capture = std::make_shared<CaptureFile>("/no/such/folder/file.pcap");
  const auto outcome = run(std::move(job), network);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, StartupErrorKind::System);
}

}  // namespace
}  // namespace synroute::tracer
