// SPDX-License-Identifier: Apache-2.0
#include "cli/complain.hpp"
#include "cli/native/command.hpp"
#include "cli/native/operands.hpp"
#include "cli/native/perform.hpp"
#include "cli/native/progress_line.hpp"
#include "cli/native/target_list.hpp"
#include "cli/streams.hpp"
#include "os/clock.hpp"
#include "os/network/name_lookup.hpp"
#include "os/terminal.hpp"
#include "tracer/network/machine.hpp"

#include <memory>
#include <utility>

#include <unistd.h>

namespace synroute::cli {
namespace {

constexpr double kTraceRate = 1000;  ///< probes per second to all targets
constexpr double kNetworkRate = 50;  ///< to those of one /24 or /48

/// Targets from a list, and how a trace of many of them goes.
class ManyTargets {
 public:
  ManyTargets(const Request& request, std::optional<TargetList> list)
      : list_{std::move(list)}, progress_{total(request)} {}

  /// Reads the list as it is needed.
  void feed(tracer::TraceRequest& request) {
    if (list_) {
      request.more_targets = [this] {
        return list_->next([this](const std::string& message) {
          note_failure();
          status_ = greatest(status_, complain(ExitStatus::Usage, message));
        });
      };
    }
  }
  /// Counts the targets that cannot be traced. Where standard error is a terminal and standard
  /// output is not, tells there how far the traces are.
  void follow(tracer::Job& job) {
    job.skipped = [this](const tracer::StartupError&) { note_failure(); };
    const bool are_many = list_ || job.request.targets.size() > 1;
    if (are_many && os::is_terminal(STDERR_FILENO) && !os::is_terminal(STDOUT_FILENO)) {
      job.progress = [this](const drive::Progress& progress) {
        write_text({.out = {}, .err = progress_.text(progress, os::now().since_start())});
      };
    }
  }
  void note_failure() {
    write_text({.out = {}, .err = progress_.erasure()});
    progress_.note_failure();
  }
  /// Removes the progress line; what the lines of the list came to.
  [[nodiscard]] ExitStatus finish() {
    write_text({.out = {}, .err = progress_.erasure()});
    return status_;
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> total(const Request& request) const {
    const std::uint64_t named = request.trace.targets.size();
    if (!list_) {
      return named;
    }
    const auto lines = list_->line_count();
    return lines ? std::optional{named + *lines} : std::nullopt;
  }

  std::optional<TargetList> list_;
  ProgressLine progress_;
  ExitStatus status_ = ExitStatus::Open;
};

/// The operand "-" is --targets -.
void take_dash(Request& request, std::vector<std::string_view>& operands) {
  if (std::erase(operands, "-") > 0) {
    request.targets = "-";
  }
}

}  // namespace

ExitStatus run_trace(Invocation invocation) {
  Request& request = invocation.request;
  take_dash(request, invocation.operands);
  if (!invocation.operands.empty() || request.targets.empty()) {
    const auto read = read_trace_operands(request, invocation.operands);
    if (!read) {
      return complain(ExitStatus::Usage, read.error());
    }
  }
  std::optional<TargetList> list;
  if (!request.targets.empty()) {
    auto opened = TargetList::open(request.targets, request.port, os::service_port);
    if (!opened) {
      return complain(ExitStatus::Usage, opened.error());
    }
    list = std::move(*opened);
  }
  ManyTargets many{request, std::move(list)};
  many.feed(request.trace);
  request.trace.parallel = request.parallel.value_or(request.trace.parallel);
  tracer::Job job = job_for(request, invocation.privileges);
  job.rates = {
      .all = request.rate.value_or(kTraceRate),
      .network = request.network_rate.value_or(kNetworkRate)};
  job.in_order = request.in_order || request.format != Format::Json;
  many.follow(job);
  tracer::Machine machine{invocation.privileges};
  const ExitStatus status = perform(std::move(job), machine, request.format);
  return greatest(status, many.finish());
}

}  // namespace synroute::cli
