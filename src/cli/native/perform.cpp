// SPDX-License-Identifier: Apache-2.0
#include "cli/native/perform.hpp"

#include "cli/complain.hpp"
#include "cli/connect_notice.hpp"
#include "cli/native/presenters.hpp"
#include "cli/streams.hpp"
#include "tracer/request/probe_shape.hpp"

#include <fmt/format.h>

#include <utility>

namespace synroute::cli {

std::string_view raw_only_option(const Request& request) {
  const tracer::TraceRequest& trace = request.trace;
  if (!request.pcap.empty()) {
    return "--pcap";
  }
  if (trace.probe.ecn_setup) {
    return "--ecn-setup";
  }
  if (tracer::flags_of(trace.probe) != wire::TcpFlags{wire::TcpFlag::Syn}) {
    return "--flags";
  }
  if (trace.probe.bare) {
    return "--bare-syn";
  }
  if (trace.probe.length) {
    return "--length";
  }
  if (trace.source.mark != 0) {
    return "--mark";
  }
  return trace.source.port && !trace.paris ? "--sport without --paris" : "";
}

tracer::Job job_for(const Request& request, const tracer::Privileges& privileges) {
  const auto flows = request.trace.paris ? ConnectFlows::One : ConnectFlows::ManyByChoice;
  tracer::Job job{
      .request = request.trace,
      .presenters = native_presenters(request),
      .sink = write_text,
      .fell_back = [flows] { warn(connect_notice(flows)); },
      .capture = request.pcap.empty() ? nullptr : privileges.capture};
  job.request.requires_raw = raw_only_option(request);
  return job;
}

ExitStatus perform(tracer::Job job, tracer::Network& network) {
  ExitStatus status = ExitStatus::Open;
  job.skipped = [&status, told = std::move(job.skipped)](const tracer::StartupError& error) {
    if (told) {
      told(error);
    }
    status = greatest(status, complain(error));
  };
  job.finished = [&status](const model::Trace& trace) {
    status = greatest(status, exit_status_of(trace));
  };
  const auto outcome = tracer::run(std::move(job), network);
  if (!outcome) {
    return greatest(status, complain(outcome.error()));
  }
  if (const auto& error = outcome->recording_error) {
    status = greatest(status, complain(*error));
  }
  const ExitStatus of_outcome = exit_status_of(*outcome);
  return outcome->interrupted ? of_outcome : greatest(status, of_outcome);
}

}  // namespace synroute::cli
