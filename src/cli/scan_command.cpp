// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"
#include "cli/compose.hpp"
#include "cli/locate.hpp"
#include "cli/prepare.hpp"
#include "cli/recording.hpp"
#include "cli/scan_plan.hpp"
#include "cli/seed.hpp"
#include "cli/streams.hpp"
#include "os/rights/confinement.hpp"

namespace synroute::cli {

ExitCode run_scan(Invocation invocation) {
  Request& request = invocation.request;
  const std::uint64_t seed = seed_of(request.trace);
  const auto plan = ScanPlan::read(request, invocation.operands, seed);
  if (!plan) {
    return complain(ExitCode::Usage, plan.error());
  }
  if (const auto checked = check(request.trace); !checked) {
    return complain(ExitCode::Usage, checked.error());
  }
  const auto method = choose_method(request.trace, invocation.equipment, warn);
  if (!method) {
    return complain(method.error());
  }
  request.trace.method = *method;
  Prepared prepared = prepare(
      request.trace, seed, [&](const TargetSpec& target) { return locate(request.trace, target); });
  plan->aim(prepared.traces);
  if (const auto begun = begin_recording(request.trace, invocation.equipment); !begun) {
    return complain(begun.error());
  }
  write_out(plan->heading());
  os::confine(os::Phase::Trace);
  const drive::Outcome outcome = trace(
      request.trace,
      invocation.equipment,
      std::move(prepared.traces),
      plan->strategies(),
      plan->presenters());
  return greatest(
      greatest(prepared.code, exit_code_of(outcome)),
      end_recording(request.trace, invocation.equipment));
}

}  // namespace synroute::cli
