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

/// A trace by connect() has this many probes under way at most: three for each of 16 TTLs.
constexpr std::size_t kDescriptorsPerTrace = 50;

std::unexpected<StartupError> no_permission(std::string message) {
  return std::unexpected{
      StartupError{.kind = StartupErrorKind::NoPermission, .message = std::move(message)}};
}

}  // namespace

Machine::Machine(Privileges privileges)
    : privileges_{std::move(privileges)}, descriptors_{os::descriptor_limit()} {}

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

PlanSource Machine::plan(const TraceRequest& request, const ErrorSink& skipped) {
  return plan_targets(
      request,
      seed_of(request),
      [&request](const TargetRequest& target) { return resolve_target(request, target); },
      skipped);
}

/// While targets are still read, their names are looked up, which the C library may need files for.
void Machine::begin(const TraceRequest& request) {
  // Each confinement is a further filter that every system call passes: one is enough.
  if (privileges_.confined && !begun_ && !request.more_targets) {
    os::confine(os::Phase::Trace);
    begun_ = true;
  }
}

/// By connect() each probe under way has a socket.
std::size_t Machine::concurrent_max(const TraceRequest& request) const {
  if (request.method == SendMethod::Raw) {
    return request.parallel;
  }
  const std::size_t room = descriptors_ / kDescriptorsPerTrace;
  return std::clamp<std::size_t>(room, 1, request.parallel);
}

std::unique_ptr<Runtime> Machine::open(
    const TraceRequest& request, const PlannedTrace& first, const PacketRecorder& recorder) {
  return std::make_unique<MachineRuntime>(
      request, privileges_, std::exchange(ports_, std::nullopt), first, recorder);
}

}  // namespace synroute::tracer
