// SPDX-License-Identifier: Apache-2.0
#include "cli/tcptraceroute/run.hpp"

#include "cli/connect_notice.hpp"
#include "cli/own_host_warning.hpp"
#include "cli/streams.hpp"
#include "cli/tcptraceroute/arguments.hpp"
#include "cli/tcptraceroute/job.hpp"
#include "cli/tcptraceroute/route.hpp"
#include "os/check.hpp"
#include "os/network/name_lookup.hpp"
#include "os/rights/rights.hpp"
#include "tracer/network/machine.hpp"
#include "tracer/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

namespace synroute::cli {
namespace {

constexpr int kSuccess = 0;
constexpr int kFailure = 1;

void say(std::string_view line) {
  write_text({.out = {}, .err = std::string{line} + "\n"});
}

int fail(std::string_view line) {
  say(line);
  return kFailure;
}

TcptracerouteSetting setting_of(std::string_view program, const tracer::Privileges& privileges) {
  return {
      .program = program,
      .posixly_correct = std::getenv("POSIXLY_CORRECT") != nullptr,
      // Whoever may send any packet may choose any source: root, and users who have the permission
      // of their own, but not those to whom only the program lends it.
      .may_choose_source = ::getuid() == 0 || (privileges.raw && !privileges.lent),
      .services = os::service_port};
}

/// Zero when anything answered for the target: itself, or an ICMP message that it cannot be
/// reached.
int status_of(const tracer::Outcome& outcome) {
  constexpr int kReaderGone = 141;  // as of a program that SIGPIPE ended
  if (outcome.reader_gone) {
    return kReaderGone;
  }
  using model::StopReason;
  const bool answered = std::ranges::any_of(outcome.traces, [](const model::Trace& trace) {
    return trace.verdict.stop == StopReason::TargetAnswered
           || trace.verdict.stop == StopReason::Unreachable;
  });
  return answered ? kSuccess : kFailure;
}

/// Ends the process by the signal that interrupted it, so that the parent process sees that.
[[noreturn]] void die_by(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(128 + signal);
}

int trace(
    const TcptracerouteArguments& arguments,
    const tracer::Privileges& privileges,
    const tracer::TargetRoute& route,
    std::optional<tracer::SourcePorts> ports) {
  tracer::Machine machine{privileges};
  if (ports) {
    machine.use(std::move(*ports));
  }
  const auto outcome =
      tracer::run(tcptraceroute_job(arguments, route, privileges.raw != nullptr), machine);
  if (!outcome) {
    return fail(outcome.error().message);
  }
  if (outcome->signal != 0) {
    die_by(outcome->signal);
  }
  write_text({.out = {}, .err = own_host_warning(*outcome)});
  return status_of(*outcome);
}

/// Errors come in the order of tcptraceroute: permissions, target, route, source, device, port,
/// numbers.
int prepare_and_trace(TcptracerouteArguments arguments, const tracer::Privileges& privileges) {
  if (!privileges.raw) {
    if (const auto option = raw_only_option(arguments); !option.empty()) {
      return fail(fmt::format("Got root?\n{} requires raw packets; {}", option, os::rights_hint()));
    }
    say(connect_notice());
    arguments.os_syn = true;  // connect() sends no other
  }
  const auto route = find_route(arguments);
  if (!route) {
    return fail(route.error());
  }
  if (arguments.track_port && arguments.local_port.value_or(0) != 0) {
    say("Warning: --track-id implied by specifying the local source port");
    arguments.track_port = false;
  }
  std::optional<tracer::SourcePorts> ports;
  if (privileges.raw) {
    auto reserved = reserve_ports(arguments, *route, privileges.low_ports);
    if (!reserved) {
      return fail(reserved.error());
    }
    ports.emplace(std::move(*reserved));
  }
  if (const auto error = range_error(arguments)) {
    return fail(*error);
  }
  return trace(arguments, privileges, *route, std::move(ports));
}

}  // namespace

int run_tcptraceroute(std::string_view program, Words words, const tracer::Privileges& privileges) {
  auto arguments = read_tcptraceroute(words, setting_of(program, privileges));
  if (!arguments) {
    const EarlyExit& end = arguments.error();
    write_text({.out = end.out, .err = {}});
    write_text({.out = {}, .err = end.err});
    return end.status;
  }
  if (arguments->debug) {
    // The second line is about raw packets.
    const std::string_view banner = tcptraceroute_debug_banner();
    const std::size_t size = privileges.raw ? banner.size() : banner.find('\n') + 1;
    write_text({.out = {}, .err = std::string{banner.substr(0, size)}});
  }
  try {
    return prepare_and_trace(std::move(*arguments), privileges);
  } catch (const os::SystemError& error) {
    return fail(error.hint().empty() ? error.what() : error.what() + ("\n" + error.hint()));
  }
}

}  // namespace synroute::cli
