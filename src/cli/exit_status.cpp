// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.hpp"

#include <algorithm>
#include <array>
#include <csignal>

namespace synroute::cli {
namespace {

constexpr auto kMeanings = std::to_array<ExitStatusMeaning>({
    {ExitStatus::Open, "The port is open."},
    {ExitStatus::NoAnswer,
     "No answer: the port is filtered or open|filtered, or the last TTL did not reach the target."},
    {ExitStatus::Usage, "The command line is wrong, or a name was not found. Nothing was sent."},
    {ExitStatus::Closed, "The port is closed or unfiltered: the target answered with a reset."},
    {ExitStatus::Rejected,
     "Rejected or unreachable: a router or firewall reported it, or this host drops the answers."},
    {ExitStatus::CannotRun,
     "The trace could not run: permissions, interface, route or system error."},
    {ExitStatus::HungUp, "The terminal was closed (128 + SIGHUP)."},
    {ExitStatus::Interrupted,
     "Interrupted (128 + SIGINT); what was known was shown, unless the output was not read."},
    {ExitStatus::ReaderGone, "The output pipe was closed (128 + SIGPIPE)."},
    {ExitStatus::Terminated, "The same as 130, but for SIGTERM (128 + SIGTERM)."},
});

/// A scan found an open port whose answer this host's TCP is given.
bool has_usable_port(const model::Trace& trace) {
  return std::ranges::any_of(trace.ports, [&](const model::PortResult& port) {
    return port.state == model::PortState::Open
           && model::delivery_of(trace, port.decided_by) != model::Delivery::NotDelivered;
  });
}

ExitStatus status_of_signal(int signal) {
  switch (signal) {
    case SIGHUP: return ExitStatus::HungUp;
    case SIGTERM: return ExitStatus::Terminated;
    default: return ExitStatus::Interrupted;
  }
}

}  // namespace

std::span<const ExitStatusMeaning> exit_statuses() {
  return kMeanings;
}

ExitStatus exit_status_of(const model::Trace& trace) {
  switch (trace.verdict.stop) {
    case model::StopReason::Interrupted: return ExitStatus::Interrupted;
    case model::StopReason::Refused:
      // A next hop that does not answer is the network's state, not an error of this program's.
      return trace.verdict.state == model::PortState::Unreachable ? ExitStatus::Rejected
                                                                  : ExitStatus::CannotRun;
    case model::StopReason::TargetAnswered:
    case model::StopReason::Unreachable:
    case model::StopReason::GapLimit:
    case model::StopReason::MaxTtl: break;
  }
  if (model::has_finding(trace, model::FindingKind::OwnHostDropsAnswer)
      && !has_usable_port(trace)) {
    return ExitStatus::Rejected;  // no connection of this host gets what the target answers
  }
  switch (trace.verdict.state) {
    case model::PortState::Open: return ExitStatus::Open;
    case model::PortState::Closed:
    case model::PortState::Unfiltered: return ExitStatus::Closed;
    case model::PortState::Rejected:
    case model::PortState::Unreachable: return ExitStatus::Rejected;
    case model::PortState::NotTested: return ExitStatus::CannotRun;
    case model::PortState::OpenOrFiltered:
    case model::PortState::Filtered: break;
  }
  return ExitStatus::NoAnswer;
}

ExitStatus exit_status_of(const tracer::Outcome& outcome) {
  if (outcome.interrupted) {
    return status_of_signal(outcome.signal);
  }
  if (outcome.reader_gone) {
    return ExitStatus::ReaderGone;
  }
  ExitStatus status = ExitStatus::Open;
  for (const model::Trace& trace : outcome.traces) {
    status = greatest(status, exit_status_of(trace));
  }
  return status;
}

ExitStatus exit_status_of(tracer::StartupErrorKind kind) {
  switch (kind) {
    case tracer::StartupErrorKind::InvalidRequest:
    case tracer::StartupErrorKind::UnknownHost:
    case tracer::StartupErrorKind::NoScenario: return ExitStatus::Usage;
    case tracer::StartupErrorKind::NoRoute:
    case tracer::StartupErrorKind::NoPermission:
    case tracer::StartupErrorKind::System: break;
  }
  return ExitStatus::CannotRun;
}

}  // namespace synroute::cli
