// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"
#include "cli/compose.hpp"
#include "cli/locate.hpp"
#include "cli/prepare.hpp"
#include "cli/recording.hpp"
#include "cli/seed.hpp"
#include "cli/show.hpp"
#include "os/rights/confinement.hpp"

namespace synroute::cli {

ExitCode run_trace(Invocation invocation) {
  Request& request = invocation.request;
  if (const auto taken = take_operands(request, invocation.operands); !taken) {
    return complain(ExitCode::Usage, taken.error());
  }
  if (const auto checked = check(request.trace); !checked) {
    return complain(ExitCode::Usage, checked.error());
  }
  const auto method = choose_method(request.trace, invocation.equipment, warn);
  if (!method) {
    return complain(method.error());
  }
  request.trace.method = *method;
  request.trace.paris = request.trace.paris && *method == SendMethod::Connect;
  request.trace.path.alone = request.trace.paris;
  Prepared prepared = prepare(request.trace, seed_of(request.trace), [&](const TargetSpec& target) {
    return locate(request.trace, target);
  });
  if (const auto begun = begin_recording(request.trace, invocation.equipment); !begun) {
    return complain(begun.error());
  }
  os::confine(os::Phase::Trace);
  const drive::Outcome outcome = trace(
      request.trace,
      invocation.equipment,
      std::move(prepared.traces),
      path_strategy(request.trace.path),
      native_presenters(request));
  return greatest(
      greatest(prepared.code, exit_code_of(outcome)),
      end_recording(request.trace, invocation.equipment));
}

}  // namespace synroute::cli
