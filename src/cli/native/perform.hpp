// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/exit_status.hpp"
#include "cli/native/request.hpp"
#include "tracer/network/network.hpp"
#include "tracer/privileges.hpp"
#include "tracer/run.hpp"

#include <string_view>

namespace synroute::cli {

/// A job that writes to the standard streams, with the request's own targets.
[[nodiscard]] tracer::Job job_for(const Request& request, const tracer::Privileges& privileges);

/// Runs a job on a network; errors are a line on standard error each, and with JSON an object for
/// each target that is not traced. Returns the greatest status, or that of the signal that ended
/// it.
ExitStatus perform(tracer::Job job, tracer::Network& network, Format format = Format::Text);

/// The first option of the request that requires raw packets, as spelled in the help; empty: none.
[[nodiscard]] std::string_view raw_only_option(const Request& request);

}  // namespace synroute::cli
