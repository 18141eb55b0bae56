// SPDX-License-Identifier: Apache-2.0
#include "cli/complain.hpp"
#include "cli/native/command.hpp"
#include "cli/native/operands.hpp"
#include "cli/native/perform.hpp"
#include "tracer/network/machine.hpp"

namespace synroute::cli {

ExitStatus run_trace(Invocation invocation) {
  Request& request = invocation.request;
  if (const auto read = read_trace_operands(request, invocation.operands); !read) {
    return complain(ExitStatus::Usage, read.error());
  }
  tracer::Machine machine{invocation.privileges};
  return perform(job_for(request, invocation.privileges), machine);
}

}  // namespace synroute::cli
