// SPDX-License-Identifier: Apache-2.0
#include "cli/complain.hpp"
#include "cli/native/command.hpp"
#include "cli/native/perform.hpp"
#include "cli/native/scan_job.hpp"
#include "tracer/network/machine.hpp"
#include "tracer/request/seed.hpp"

namespace synroute::cli {

ExitStatus run_scan(Invocation invocation) {
  Request& request = invocation.request;
  request.trace.seed = tracer::seed_of(request.trace);
  auto job = scan_job(request, invocation.operands, invocation.privileges, *request.trace.seed);
  if (!job) {
    return complain(ExitStatus::Usage, job.error());
  }
  tracer::Machine machine{invocation.privileges};
  return perform(std::move(*job), machine, request.format);
}

}  // namespace synroute::cli
