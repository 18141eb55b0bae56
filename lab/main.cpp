// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"
#include "counters.hpp"
#include "os/check.hpp"
#include "private_network.hpp"
#include "real_time.hpp"
#include "scenario_source.hpp"
#include "sim/network/build.hpp"
#include "sim/network/vantage.hpp"
#include "truth_json.hpp"
#include "tun.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace synroute::lab {

namespace {

constexpr int kUsage = 2;
constexpr int kCannotRun = 5;

void print_error(std::string_view text) {
  fmt::print(stderr, "synroute-lab: {}\n", text);
}

/// In the child process: executes the command. Does not return.
[[noreturn]] void exec_command(const std::vector<std::string>& command) {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<std::string> words = command;
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  ::execvp(pointers.front(), pointers.data());
  const int error = errno;
  print_error(fmt::format("{}: {}", command.front(), std::generic_category().message(error)));
  ::_exit(error == ENOENT ? 127 : 126);
}

int exit_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// The first process of a namespace of processes: whatever the command starts ends with this one,
/// and this one ends with its parent, however that ends. Passes on SIGTERM and SIGHUP; SIGINT
/// reaches the command from the terminal.
[[noreturn]] void supervise(const std::vector<std::string>& command) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const pid_t child = ::fork();
  if (child == 0) {
    exec_command(command);
  }
  if (child < 0) {
    print_error(fmt::format("start the command: {}", std::generic_category().message(errno)));
    ::_exit(kCannotRun);
  }
  const sigset_t wanted = block_signals();
  while (true) {
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0) {
      if (ended == child) {
        ::_exit(exit_code(status));
      }
    }
    const int signal = ::sigwaitinfo(&wanted, nullptr);
    if (signal == SIGTERM || signal == SIGHUP) {
      ::kill(child, signal);
    }
  }
}

int run(const Arguments& arguments, const sim::Scenario& scenario) {
  PcapFile pcap{arguments.pcap};  // opened before /etc is replaced
  enter_private_network(scenario);
  Tun tun{
      scenario.nodes[scenario.prober()].addresses,
      sim::prober_mtu(scenario),
      arguments.ethernet ? LinkKind::Ethernet : LinkKind::Packets};
  // The real kernel on the other side of the device resets segments that no socket expects.
  const auto world = sim::build(scenario, {.seed = arguments.seed, .with_kernel = false});
  Counters counters;
  world->observe(&counters);
  RealTime real_time{*world, tun, pcap, counters};
  os::check("make a namespace of processes", ::unshare(CLONE_NEWPID));
  const pid_t child = os::check("start the command", ::fork());
  if (child == 0) {
    supervise(arguments.command);
  }
  const int status = real_time.run_until_end_of(child);
  if (!arguments.quiet) {
    print_error(counters.text());
  }
  return exit_code(status);
}

int execute(const Arguments& arguments) {
  if (arguments.action == Action::Help || arguments.action == Action::List) {
    const std::string text = arguments.action == Action::Help ? help_text() : list_scenarios();
    return std::fputs(text.c_str(), stdout) < 0 ? kCannotRun : 0;
  }
  const auto scenario = read_scenario(arguments.scenario);
  if (!scenario) {
    print_error(scenario.error());
    return kUsage;
  }
  if (arguments.action == Action::Truth) {
    return std::fputs(truth_json(*scenario, arguments.port).c_str(), stdout) < 0 ? kCannotRun : 0;
  }
  return run(arguments, *scenario);
}

}  // namespace

}  // namespace synroute::lab

int main(int count, char** words) {
  const std::span<char* const> all{words, static_cast<std::size_t>(count)};
  const auto arguments = synroute::lab::parse_arguments(all.subspan(count > 0 ? 1 : 0));
  if (!arguments) {
    synroute::lab::print_error(arguments.error());
    return synroute::lab::kUsage;
  }
  try {
    return synroute::lab::execute(*arguments);
  } catch (const synroute::os::SystemError& error) {
    synroute::lab::print_error(error.what());
    if (!error.hint().empty()) {
      synroute::lab::print_error(error.hint());
    }
    return synroute::lab::kCannotRun;
  }
}
