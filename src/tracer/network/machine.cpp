// SPDX-License-Identifier: Apache-2.0
#include "tracer/network/machine.hpp"

#include "os/rights/confinement.hpp"
#include "os/rights/rights.hpp"
#include "tracer/network/machine_runtime.hpp"
#include "tracer/network/plan.hpp"
#include "tracer/network/resolve.hpp"
#include "tracer/request/seed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace synroute::tracer {
namespace {

/// Each trace holds about a dozen sockets, and a process may have 1,024 files open.
constexpr std::size_t kTracesPerSession = 64;

std::unexpected<StartupError> no_permission(std::string message) {
  return std::unexpected{
      StartupError{.kind = StartupErrorKind::NoPermission, .message = std::move(message)}};
}

bool same_endpoint(const PlannedTrace& left, const PlannedTrace& right) {
  const model::Target& one = left.settings.head.target;
  const model::Target& other = right.settings.head.target;
  return one.address == other.address && one.port == other.port;
}

}  // namespace

Machine::Machine(Privileges privileges) : privileges_{std::move(privileges)} {}

std::expected<void, StartupError> Machine::choose_method(
    TraceRequest& request, const std::function<void()>& fell_back) {
  const SendMethod wanted = request.method;
  request.method =
      wanted != SendMethod::Connect && privileges_.raw ? SendMethod::Raw : SendMethod::Connect;
  if (wanted == SendMethod::Connect && !request.requires_raw.empty()) {
    return std::unexpected{StartupError{
        .kind = StartupErrorKind::InvalidRequest,
        .message = fmt::format(
            "{} requires raw packets, which connect() cannot send", request.requires_raw)}};
  }
  if (wanted == SendMethod::Raw && !privileges_.raw) {
    return no_permission("no permission to send raw packets: " + os::rights_hint());
  }
  if (wanted == SendMethod::Auto && !privileges_.raw) {
    if (!request.requires_raw.empty()) {
      return no_permission(
          fmt::format("{} requires raw packets; {}", request.requires_raw, os::rights_hint()));
    }
    fell_back();
  }
  request.paris = request.paris && request.method == SendMethod::Connect;
  request.path.alone = request.path.alone || request.paris;
  return {};
}

std::vector<PlannedTrace> Machine::plan(const TraceRequest& request, const ErrorSink& skipped) {
  return plan_targets(
      request,
      seed_of(request),
      [&](const TargetRequest& target) { return resolve_target(request, target); },
      skipped);
}

void Machine::begin() {
  // Each confinement is a further filter that every system call passes: one is enough.
  if (privileges_.confined && !begun_) {
    os::confine(os::Phase::Trace);
  }
  begun_ = true;
}

/// A transport has one source address. With one source port, two traces to the same endpoint could
/// not tell their answers apart.
std::size_t Machine::session_size(
    const TraceRequest& request, std::span<const PlannedTrace> traces) const {
  const bool one_source_port = request.source.port.has_value() || request.paris;
  const IpAddress& source = traces.front().settings.head.source.address;
  std::size_t count = 1;
  const auto fits = [&](const PlannedTrace& next) {
    const auto clashes = [&](const PlannedTrace& other) { return same_endpoint(next, other); };
    return next.settings.head.source.address == source
           && !(one_source_port && std::ranges::any_of(traces.first(count), clashes));
  };
  while (count < std::min(traces.size(), kTracesPerSession) && fits(traces[count])) {
    ++count;
  }
  return count;
}

std::unique_ptr<Runtime> Machine::open(
    const TraceRequest& request, std::span<PlannedTrace> traces, const PacketRecorder& recorder) {
  return std::make_unique<MachineRuntime>(
      request, privileges_, std::exchange(ports_, std::nullopt), traces, recorder);
}

}  // namespace synroute::tracer
