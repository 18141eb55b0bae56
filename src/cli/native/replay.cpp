// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/complain.hpp"
#include "cli/native/capture_file.hpp"
#include "cli/native/command.hpp"
#include "cli/native/perform.hpp"
#include "cli/native/replay_filter.hpp"
#include "cli/native/replay_report.hpp"
#include "os/network/name_lookup.hpp"
#include "os/rights/confinement.hpp"
#include "replay/find_traces.hpp"
#include "tracer/network/replayed_capture.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace synroute::cli {
namespace {

using Services = std::map<Port, std::string>;

ExitStatus replay_file(
    CaptureFile& file,
    const std::string& name,
    const Invocation& invocation,
    const ReplayFilter& filter,
    const Services& services) {
  const auto capture = replay::Capture::read(file.source());
  if (file.error()) {
    return complain(ExitStatus::Usage, *file.error());
  }
  if (!capture) {
    return complain(ExitStatus::Usage, fmt::format("{}: {}", name, capture.error()));
  }
  replay::FoundTraces found = replay::find_traces(
      *capture, [&](const replay::TraceKey& key) { return filter.accepts(key.target, key.port); });
  for (const replay::ExpiredData& data : found.expired_data) {
    warn(fmt::format("{}: {}", name, describe(data)));
  }
  if (found.traces.empty()) {
    return complain(ExitStatus::NoAnswer, no_trace(name, *capture, found));
  }
  model::Counters counters;
  counters.malformed = capture->statistics().unreadable;
  counters.bad_checksum = found.bad_checksum;
  tracer::ReplayedCapture network{std::move(found.traces), counters, [&](model::Target& target) {
                                    filter.name(target);
                                    const auto service = services.find(target.port);
                                    target.service =
                                        service != services.end() ? service->second : "";
                                  }};
  const ExitStatus status = perform(job_for(invocation.request, invocation.privileges), network);
  if (const std::string unused = left_out(*capture, found); !unused.empty()) {
    warn(fmt::format("{}: {}", name, unused));
  }
  return status;
}

}  // namespace

ExitStatus run_replay(Invocation invocation) {
  const Words operands = invocation.operands;
  if (operands.empty()) {
    return complain(
        ExitStatus::Usage, "no capture; usage: synroute replay [OPTION]... FILE [HOST[:PORT]]");
  }
  const auto filter = ReplayFilter::read(invocation.request, operands.subspan(1));
  if (!filter) {
    return complain(filter.error());
  }
  const std::string_view path = operands.front();
  auto file = CaptureFile::open(path);
  if (!file) {
    return complain(ExitStatus::Usage, file.error());
  }
  const Services services = os::service_names();
  // A capture is untrusted input: confined before it is parsed.
  os::confine(os::Phase::Trace);
  const std::string name = sanitise(path == "-" ? "standard input" : path);
  return replay_file(*file, name, invocation, *filter, services);
}

}  // namespace synroute::cli
