// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.hpp"

#include <array>

namespace synroute::cli {
namespace {

constexpr auto kExitCodes = std::to_array<ExitCodeMeaning>({
    {ExitCode::Open, "The port is open."},
    {ExitCode::NoAnswer, "No answer: the port is filtered, or the hops were exhausted."},
    {ExitCode::Usage, "The command line is wrong, or a name was not found. Nothing was sent."},
    {ExitCode::Closed, "The port is closed: the target answered with a reset."},
    {ExitCode::Rejected, "Rejected or unreachable: a router or firewall said so."},
    {ExitCode::CannotRun,
     "This host cannot: missing rights, no such interface, no route, a system error."},
    {ExitCode::Interrupted, "Interrupted from the keyboard; what was known was shown."},
    {ExitCode::ReaderGone, "Nobody reads the output any more (128 + SIGPIPE, as shells count)."},
});

}  // namespace

std::span<const ExitCodeMeaning> exit_codes() {
  return kExitCodes;
}

ExitCode exit_code_of(const model::Trace& trace) {
  switch (trace.verdict.stop) {
    case model::StopReason::Interrupted: return ExitCode::Interrupted;
    case model::StopReason::Refused: return ExitCode::CannotRun;
    case model::StopReason::TargetAnswered:
    case model::StopReason::Unreachable:
    case model::StopReason::GapLimit:
    case model::StopReason::MaxTtl: break;
  }
  switch (trace.verdict.state) {
    case model::PortState::Open: return ExitCode::Open;
    case model::PortState::Closed: return ExitCode::Closed;
    case model::PortState::Rejected:
    case model::PortState::Unreachable: return ExitCode::Rejected;
    case model::PortState::Filtered: break;
  }
  return ExitCode::NoAnswer;
}

}  // namespace synroute::cli
