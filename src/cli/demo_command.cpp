// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/compose.hpp"
#include "cli/file.hpp"
#include "cli/prepare.hpp"
#include "cli/recording.hpp"
#include "cli/scan_plan.hpp"
#include "cli/show.hpp"
#include "cli/streams.hpp"
#include "os/network/name_lookup.hpp"
#include "sim/network/vantage.hpp"
#include "sim/scenario/builtin.hpp"
#include "sim/scenario/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ranges>

namespace synroute::cli {
namespace {

constexpr std::string_view kUsualScenario = "home";

std::unexpected<Obstacle> usage(std::string message) {
  return std::unexpected{Obstacle{.code = ExitCode::Usage, .message = std::move(message)}};
}

std::expected<std::string, Obstacle> scenario_text(std::string_view name) {
  if (auto named = sim::named_scenario(name)) {
    return *std::move(named);
  }
  if (name.find_first_of("/.") == std::string_view::npos) {
    return usage(
        fmt::format("there is no scenario '{}' (see synroute demo --list)", sanitise(name)));
  }
  auto text = read_start(std::string{name}, sim::kScenarioSizeLimit);
  if (!text) {
    return usage(std::move(text.error()));
  }
  return std::move(*text);
}

std::expected<sim::Scenario, Obstacle> read_scenario(std::string_view name) {
  const auto text = scenario_text(name);
  if (!text) {
    return std::unexpected{text.error()};
  }
  auto scenario = sim::parse_scenario(*text);
  if (!scenario) {
    return usage(sim::describe(sanitise(name), scenario.error()));
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

/// What the scenario itself says is worth a trace.
std::vector<TargetSpec> own_targets(const sim::Scenario& scenario, std::optional<Port> port) {
  std::vector<TargetSpec> targets;
  targets.reserve(scenario.targets.size());
  for (const sim::ScenarioTarget& own : scenario.targets) {
    targets.push_back(
        {.input = own.name,
         .host = own.name,
         .address = IpAddress::parse(own.name),
         .zone = {},
         .port = port.value_or(own.port)});
  }
  return targets;
}

/// What locate() does on the real network.
std::expected<Place, Obstacle> locate_in(
    const sim::Scenario& scenario, const TargetSpec& target, std::optional<Family> wanted) {
  const std::vector<IpAddress> addresses =
      target.address ? std::vector{*target.address} : scenario.lookup(target.host);
  if (addresses.empty()) {
    return usage(fmt::format("unknown host {} in this scenario", sanitise(target.host)));
  }
  if (const auto way = sim::reach(scenario, addresses, wanted)) {
    return Place{.target = way->target, .source = way->source, .interface = {}, .mtu = way->mtu};
  }
  return usage(fmt::format("{} has no address of the wanted family", sanitise(target.host)));
}

void give_source_ports(const TraceRequest& request, std::span<engine::Settings> traces) {
  std::size_t next = 0;
  for (engine::Settings& trace : traces) {
    for (std::size_t i = 0; i < source_port_count(request); ++i) {
      trace.source_ports.push_back(
          request.way_out.source_port.value_or(sim::Vantage::source_port(next++)));
    }
    trace.head.source.port = trace.source_ports.front();
  }
}

drive::Outcome trace_in(
    const sim::Scenario& scenario,
    const TraceRequest& request,
    const Equipment& equipment,
    std::vector<engine::Settings> traces,
    const StrategyMaker& strategies,
    const PresenterFactory& presenters) {
  give_source_ports(request, traces);
  sim::Vantage vantage{scenario, request.seed};
  Recording recording{request, equipment, vantage.waiter()};
  vantage.transport().show_to(recording.sink());
  const Stage stage{
      .transport = recording.around(vantage.transport()),
      .waiter = vantage.waiter(),
      .resolver = request.names ? &vantage.resolver() : nullptr};
  return perform(stage, std::move(traces), strategies, presenters);
}

/// The targets the user named behind the scenario, else the scenario's own.
Read<void> choose_targets(Request& request, const sim::Scenario& scenario, Words operands) {
  if (operands.empty()) {
    request.trace.targets = own_targets(scenario, request.port);
    return {};
  }
  return take_operands(request, operands);
}

Prepared prepare_in(
    const sim::Scenario& scenario, const TraceRequest& request, std::uint64_t seed) {
  return prepare(request, seed, [&](const TargetSpec& target) {
    return locate_in(scenario, target, wanted_family(request));
  });
}

ExitCode trace_demo(
    Request& request,
    const Equipment& equipment,
    const sim::Scenario& scenario,
    std::uint64_t seed,
    Words operands) {
  if (request.scan != ScanSettings{} || request.format == Format::Csv) {
    return complain(
        ExitCode::Usage, "--where, --rate, --retries, --yes and --csv belong behind 'scan'");
  }
  if (const auto chosen = choose_targets(request, scenario, operands); !chosen) {
    return complain(ExitCode::Usage, chosen.error());
  }
  if (const auto checked = check(request.trace); !checked) {
    return complain(ExitCode::Usage, checked.error());
  }
  Prepared prepared = prepare_in(scenario, request.trace, seed);
  if (const auto begun = begin_recording(request.trace, equipment); !begun) {
    return complain(begun.error());
  }
  const drive::Outcome outcome = trace_in(
      scenario,
      request.trace,
      equipment,
      std::move(prepared.traces),
      path_strategy(request.trace.path),
      native_presenters(request));
  return greatest(
      greatest(prepared.code, exit_code_of(outcome)), end_recording(request.trace, equipment));
}

ExitCode scan_demo(
    Request& request,
    const Equipment& equipment,
    const sim::Scenario& scenario,
    std::uint64_t seed,
    Words operands) {
  const auto plan = ScanPlan::read(request, operands, seed);
  if (!plan) {
    return complain(ExitCode::Usage, plan.error());
  }
  if (const auto checked = check(request.trace); !checked) {
    return complain(ExitCode::Usage, checked.error());
  }
  Prepared prepared = prepare_in(scenario, request.trace, seed);
  plan->aim(prepared.traces);
  if (const auto begun = begin_recording(request.trace, equipment); !begun) {
    return complain(begun.error());
  }
  write_out(plan->heading());
  const drive::Outcome outcome = trace_in(
      scenario,
      request.trace,
      equipment,
      std::move(prepared.traces),
      plan->strategies(),
      plan->presenters());
  return greatest(
      greatest(prepared.code, exit_code_of(outcome)), end_recording(request.trace, equipment));
}

}  // namespace

ExitCode run_demo(Invocation invocation) {
  Request& request = invocation.request;
  if (request.list) {
    return write_out(list_text()) ? ExitCode::Open : ExitCode::ReaderGone;
  }
  Words operands = invocation.operands;
  const std::string_view name = operands.empty() ? kUsualScenario : operands.front();
  const auto scenario = read_scenario(name);
  if (!scenario) {
    return complain(scenario.error());
  }
  operands = operands.subspan(operands.empty() ? 0 : 1);
  const std::uint64_t seed = request.trace.seed.value_or(scenario->seed);
  if (!operands.empty() && operands.front() == "scan") {
    return scan_demo(request, invocation.equipment, *scenario, seed, operands.subspan(1));
  }
  return trace_demo(request, invocation.equipment, *scenario, seed, operands);
}

}  // namespace synroute::cli
