// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/complain.hpp"
#include "cli/native/command.hpp"
#include "cli/native/file.hpp"
#include "cli/native/operands.hpp"
#include "cli/native/perform.hpp"
#include "cli/native/scan_job.hpp"
#include "cli/streams.hpp"
#include "sim/network/world.hpp"
#include "sim/scenario/builtin.hpp"
#include "sim/scenario/scenario.hpp"
#include "tracer/network/simulated_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace synroute::cli {
namespace {

constexpr std::string_view kDefaultScenario = "home";

Read<std::string> scenario_text(std::string_view name) {
  if (auto named = sim::named_scenario(name)) {
    return *std::move(named);
  }
  if (name.find_first_of("/.") == std::string_view::npos) {
    return std::unexpected{
        fmt::format("there is no scenario '{}' (see synroute demo --list)", sanitise(name))};
  }
  return read_start(std::string{name}, sim::kScenarioSizeLimit);
}

Read<sim::Scenario> read_scenario(std::string_view name) {
  const auto text = scenario_text(name);
  if (!text) {
    return std::unexpected{text.error()};
  }
  auto scenario = sim::parse_scenario(*text);
  if (!scenario) {
    return std::unexpected{sim::describe(sanitise(name), scenario.error())};
  }
  return std::move(*scenario);
}

std::string list_text() {
  std::string text;
  const auto name_of = [](const sim::BuiltinScenario& builtin) { return builtin.name.size(); };
  const std::size_t width =
      std::ranges::max(sim::builtin_scenarios() | std::views::transform(name_of));
  for (const sim::BuiltinScenario& builtin : sim::builtin_scenarios()) {
    const auto scenario = sim::parse_scenario(builtin.text);
    text += fmt::format("{:<{}}{}\n", builtin.name, width + 2, scenario ? scenario->title : "");
  }
  return text;
}

/// Targets are the operands after the scenario, else the scenario's own.
Read<tracer::Job> trace_job(
    Request& request,
    Words operands,
    const sim::Scenario& scenario,
    const tracer::Privileges& privileges) {
  if (request.scan != ScanOptions{} || request.rate || request.format == Format::Csv) {
    return std::unexpected{"--where, --rate, --retries, --yes and --csv are only for scan"};
  }
  if (operands.empty()) {
    request.trace.targets = tracer::targets_of(scenario, request.port);
  } else if (auto read = read_trace_operands(request, operands); !read) {
    return std::unexpected{std::move(read.error())};
  }
  return job_for(request, privileges);
}

}  // namespace

ExitStatus run_demo(Invocation invocation) {
  Request& request = invocation.request;
  if (request.list) {
    return write_out(list_text()) ? ExitStatus::Open : ExitStatus::ReaderGone;
  }
  Words operands = invocation.operands;
  const std::string_view name = operands.empty() ? kDefaultScenario : operands.front();
  const auto scenario = read_scenario(name);
  if (!scenario) {
    return complain(ExitStatus::Usage, scenario.error());
  }
  operands = operands.subspan(operands.empty() ? 0 : 1);
  const bool scans = !operands.empty() && operands.front() == "scan";
  const std::uint64_t seed = request.trace.seed.value_or(scenario->seed);
  auto job = scans ? scan_job(request, operands.subspan(1), invocation.privileges, seed)
                   : trace_job(request, operands, *scenario, invocation.privileges);
  if (!job) {
    return complain(ExitStatus::Usage, job.error());
  }
  tracer::SimulatedNetwork network{*scenario};
  const ExitStatus status = perform(std::move(*job), network, request.format);
  if (network.overflowed() > 0) {
    warn(fmt::format(
        "{}: {} packets were dropped because {} were under way: links that duplicate multiply them",
        sanitise(name),
        network.overflowed(),
        sim::World::kPacketsMax));
  }
  return status;
}

}  // namespace synroute::cli
