// SPDX-License-Identifier: Apache-2.0
#include "cli/native/perform.hpp"

#include "cli/complain.hpp"
#include "cli/native/presenters.hpp"
#include "cli/streams.hpp"
#include "present/json/json_error.hpp"
#include "tracer/request/probe_shape.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace synroute::cli {

namespace {

/// Has room on a line of a terminal. The manual says what connect() cannot show.
constexpr std::string_view kNoRawPackets =
    "no permission for raw packets, using connect(); sudo permits them";

}  // namespace

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
  tracer::Job job{
      .request = request.trace,
      .presenters = native_presenters(request),
      .sink = write_text,
      .fell_back = [] { warn(kNoRawPackets); },
      .capture = request.pcap.empty() ? nullptr : privileges.capture};
  job.request.requires_raw = raw_only_option(request);
  return job;
}

namespace {

std::vector<std::string> inputs_of(const tracer::TraceRequest& request) {
  std::vector<std::string> inputs;
  for (const tracer::TargetRequest& target : request.targets) {
    inputs.push_back(target.input);
  }
  return inputs;
}

/// Tells people, and programs with one object for each target that is not traced.
ExitStatus report(
    const tracer::StartupError& error, const std::vector<std::string>& inputs, Format format) {
  const ExitStatus status = complain(error);
  if (format == Format::Json) {
    for (const std::string& input : inputs) {
      write_out(present::error_to_json(input, name(error.kind), error.message) + '\n');
    }
  }
  return status;
}

}  // namespace

ExitStatus perform(tracer::Job job, tracer::Network& network, Format format) {
  ExitStatus status = ExitStatus::Open;
  const std::vector<std::string> inputs = inputs_of(job.request);
  job.skipped =
      [&status, format, told = std::move(job.skipped)](const tracer::StartupError& error) {
        if (told) {
          told(error);
        }
        status = greatest(status, report(error, {error.target}, format));
      };
  job.finished = [&status](const model::Trace& trace) {
    status = greatest(status, exit_status_of(trace));
  };
  const auto outcome = tracer::run(std::move(job), network);
  if (!outcome) {
    return greatest(status, report(outcome.error(), inputs, format));
  }
  if (const auto& error = outcome->recording_error) {
    status = greatest(status, complain(*error));
  }
  const ExitStatus of_outcome = exit_status_of(*outcome);
  return outcome->interrupted ? of_outcome : greatest(status, of_outcome);
}

}  // namespace synroute::cli
