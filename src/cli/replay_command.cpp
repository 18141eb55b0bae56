// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/compose.hpp"
#include "cli/file.hpp"
#include "cli/replay_report.hpp"
#include "cli/replay_targets.hpp"
#include "cli/show.hpp"
#include "cli/streams.hpp"
#include "enrich/dns_resolver.hpp"
#include "infer/infer.hpp"
#include "os/network/name_lookup.hpp"
#include "os/poll_waiter.hpp"
#include "os/rights/confinement.hpp"
#include "replay/find_traces.hpp"
#include "replay/replay_clock.hpp"
#include "replay/replay_strategy.hpp"
#include "replay/replay_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace synroute::cli {
namespace {

/// Room for half a million packets; who has more cuts out the SYNs and ICMP errors first.
constexpr std::size_t kFileMax = std::size_t{64} << 20;

Read<std::string> read_capture(std::string_view path) {
  auto bytes =
      path == "-" ? read_start_of_input(kFileMax) : read_start(std::string{path}, kFileMax);
  if (bytes && bytes->size() > kFileMax) {
    return std::unexpected{fmt::format(
        "{} is larger than {} MiB: cut out what matters first, tcpdump -r IN -w OUT 'icmp or icmp6 "
        "or tcp[13] & 6 != 0'",
        sanitise(path),
        kFileMax >> 20)};
  }
  return bytes;
}

/// What only the command line knows is filled in.
engine::Settings settings_of(
    const replay::RecordedTrace& trace,
    const ReplayTargets& targets,
    const std::map<Port, std::string>& services) {
  engine::Settings settings = replay::settings_for(trace);
  model::Target& target = settings.head.target;
  targets.name(target);
  const auto service = services.find(target.port);
  target.service = service != services.end() ? service->second : "";
  return settings;
}

drive::Outcome play(
    const Request& request,
    std::vector<replay::RecordedTrace> traces,
    const model::Counters& counters,
    const ReplayTargets& targets,
    const std::map<Port, std::string>& services) {
  enrich::DnsResolver resolver;
  os::PollWaiter waiter;
  waiter.watch(resolver.descriptor());
  replay::ReplayClock clock{waiter};
  std::vector<std::shared_ptr<replay::ReplayCursor>> cursors;
  cursors.reserve(traces.size());
  for (replay::RecordedTrace& trace : traces) {
    cursors.push_back(std::make_shared<replay::ReplayCursor>(std::move(trace)));
  }
  replay::ReplayTransport transport{cursors, clock, counters};
  drive::Session session{
      transport,
      clock,
      request.trace.names ? &resolver : nullptr,
      write_text,
      {.concurrent_max = 1, .infer = infer::infer}};
  const PresenterFactory presenters = native_presenters(request);
  for (const auto& cursor : cursors) {
    session.add(
        std::make_unique<engine::Engine>(
            settings_of(cursor->trace(), targets, services), replay::make_replay_strategy(cursor)),
        presenters());
  }
  return session.run();
}

ExitCode show(
    std::string_view path,
    const std::string& bytes,
    const Request& request,
    const ReplayTargets& targets,
    const std::map<Port, std::string>& services) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): characters as the bytes they are
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto capture = replay::Capture::read({data, bytes.size()});
  const std::string name = sanitise(path == "-" ? "standard input" : path);
  if (!capture) {
    return complain(ExitCode::Usage, fmt::format("{}: {}", name, wire::describe(capture.error())));
  }
  replay::FoundTraces found = replay::find_traces(
      *capture, [&](const replay::TraceKey& key) { return targets.want(key.target, key.port); });
  if (found.traces.empty()) {
    return complain(ExitCode::NoAnswer, no_trace(name, *capture, found));
  }
  model::Counters counters;
  counters.malformed = capture->statistics().unreadable;
  counters.bad_checksum = found.bad_checksum;
  const drive::Outcome outcome =
      play(request, std::move(found.traces), counters, targets, services);
  if (const std::string left = left_out(*capture, found); !left.empty()) {
    warn(fmt::format("{}: {}", name, left));
  }
  return exit_code_of(outcome);
}

}  // namespace

ExitCode run_replay(Invocation invocation) {
  const Words operands = invocation.operands;
  if (operands.empty()) {
    return complain(
        ExitCode::Usage, "no capture; usage: synroute replay [OPTION]... FILE [HOST[:PORT]]");
  }
  const auto targets = ReplayTargets::read(invocation.request, operands.subspan(1));
  if (!targets) {
    return complain(targets.error());
  }
  const auto bytes = read_capture(operands.front());
  if (!bytes) {
    return complain(ExitCode::Usage, bytes.error());
  }
  const auto services = os::service_names();
  os::confine(os::Phase::Trace);
  return show(operands.front(), *bytes, invocation.request, *targets, services);
}

}  // namespace synroute::cli
