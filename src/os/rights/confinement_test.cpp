// SPDX-License-Identifier: Apache-2.0
#include "os/rights/confinement.hpp"

#include "os/check.hpp"
#include "os/network/name_lookup.hpp"
#include "os/network/netlink.hpp"
#include "os/network/route.hpp"
#include "os/rights/call_filter.hpp"
#include "os/rights/rights.hpp"
#include "support/required_right.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <ostream>

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace synroute::os {
namespace {

/// To be run in a process of its own, which ends with 0 when `act` returns.
[[noreturn]] void act_confined(Phase phase, const std::function<void()>& act) {
  drop_rights();
  confine(phase);
  act();
  std::_Exit(0);
}

constexpr int kTypeForTheUser = 0x5412;  // TIOCSTI

struct Act {
  const char* name;
  std::function<void()> perform;
};

void PrintTo(const Act& act, std::ostream* out) {
  *out << act.name;
}

class Confinement : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_confine()) {
      GTEST_SKIP() << "not confined when built with sanitizers";
    }
  }
};

class Forbidden
    : public Confinement
    , public testing::WithParamInterface<Act> {};

TEST_P(Forbidden, EndsTheProcessInEveryPhase) {
  for (const Phase phase : {Phase::Prepare, Phase::Trace}) {
    EXPECT_EXIT(act_confined(phase, GetParam().perform), testing::KilledBySignal(SIGSYS), "");
  }
}

void map(int protection) {
  ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

#ifdef __x86_64__
void call_as_x32() {
  ::syscall(0x40000000 | SYS_getpid);
}
void call_as_i386() {
  long result = 20;  // getpid
  asm volatile("int $0x80" : "+a"(result) : : "memory");
}
#endif

INSTANTIATE_TEST_SUITE_P(
    SystemCalls,
    Forbidden,
    testing::Values(
        Act{"a program", [] { ::execl("/bin/true", "true", nullptr); }},
        Act{"a process", [] { ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
        Act{"a signal to another", [] { ::kill(::getppid(), 0); }},
        Act{"a look into another", [] { ::ptrace(PTRACE_ATTACH, ::getppid(), 0, 0); }},
        Act{"a file to write", [] { ::open("/dev/null", O_WRONLY); }},
        Act{"a file to make", [] { ::open("/nonexistent/file", O_RDONLY | O_CREAT, 0600); }},
        Act{"a file to delete", [] { ::unlink("/nonexistent/file"); }},
        Act{"a raw socket", [] { ::socket(AF_INET, SOCK_RAW, IPPROTO_TCP); }},
        Act{"a raw socket of IPv6", [] { ::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, 58); }},
        Act{"a packet socket", [] { ::socket(AF_PACKET, SOCK_DGRAM, 0); }},
        Act{"netlink about firewalls", [] { ::socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER); }},
        Act{"waiting for callers", [] { ::listen(0, 1); }},
        Act{"typing for the user", [] { ::syscall(SYS_ioctl, 0, kTypeForTheUser, "x"); }},
        Act{"writable code", [] { map(PROT_READ | PROT_WRITE | PROT_EXEC); }},
        Act{"kernel rings", [] { ::syscall(SYS_io_uring_setup, 1, nullptr); }},
        Act{"a namespace", [] { ::unshare(CLONE_NEWUSER); }},
        Act{"a program for the kernel", [] { ::syscall(SYS_bpf, 0, nullptr, 0); }}));

#ifdef __x86_64__
INSTANTIATE_TEST_SUITE_P(CallingConventions, Forbidden, testing::Values(Act{"x32", call_as_x32}));

/// False if the kernel or the machine below it has no calls of 32-bit programs: then int 0x80 is a
/// fault of the processor.
bool has_i386_calls() {
  const pid_t child = ::fork();
  if (child == 0) {
    call_as_i386();
    std::_Exit(0);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status);
}

TEST_F(Confinement, EndsTheProcessAtACallOfA32BitProgram) {
  if (!has_i386_calls()) {
    GTEST_SKIP() << "this machine has no calls of 32-bit programs";
  }
  for (const Phase phase : {Phase::Prepare, Phase::Trace}) {
    EXPECT_EXIT(act_confined(phase, call_as_i386), testing::KilledBySignal(SIGSYS), "");
  }
}
#endif

TEST_F(Confinement, TellsYoungerLibrariesThatYoungerCallsAreMissing) {
  const auto call = [] {
    const long result = ::syscall(463);  // setxattrat, of Linux 6.13
    std::_Exit(result < 0 && errno == ENOSYS ? 0 : 1);
  };
  for (const Phase phase : {Phase::Prepare, Phase::Trace}) {
    EXPECT_EXIT(act_confined(phase, call), testing::ExitedWithCode(0), "");
  }
}

/// From now on this process takes the kernel for one that was built without call filters.
void hide_call_filters() {
  drop_rights();
  CallFilter hide{SECCOMP_RET_ALLOW};
  const ArgumentTest is_question{.index = 0, .mask = 0xffffffff, .value = PR_GET_SECCOMP};
  hide.add(SECCOMP_RET_ERRNO | EINVAL, SYS_prctl, {is_question});
  hide.add(SECCOMP_RET_ERRNO | ENOSYS, SYS_seccomp);
  hide.install();
}

TEST_F(Confinement, IsLeftOutWhereTheKernelHasNoFilters) {
  const auto act = [] {
    hide_call_filters();
    confine(Phase::Prepare);
    confine(Phase::Trace);
    std::_Exit(has_call_filters() ? 1 : 0);
  };
  EXPECT_EXIT(act(), testing::ExitedWithCode(0), "");
}

class PreparingOnly
    : public Confinement
    , public testing::WithParamInterface<Act> {};

TEST_P(PreparingOnly, EndsTheProcessOnceItTraces) {
  const auto& act = GetParam().perform;
  EXPECT_EXIT(act_confined(Phase::Prepare, act), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(act_confined(Phase::Trace, act), testing::KilledBySignal(SIGSYS), "");
  const auto later = [&act] {
    confine(Phase::Trace);
    act();
  };
  EXPECT_EXIT(act_confined(Phase::Prepare, later), testing::KilledBySignal(SIGSYS), "");
}

INSTANTIATE_TEST_SUITE_P(
    SystemCalls,
    PreparingOnly,
    testing::Values(
        Act{"new code", [] { map(PROT_READ | PROT_EXEC); }},
        Act{"a local socket", [] { ::socket(AF_UNIX, SOCK_STREAM, 0); }}));

TEST_F(Confinement, LetsNamesBeLookedUpWhilePreparing) {
  const auto look = [] {
    const bool found = look_up("localhost", std::nullopt).has_value();
    const bool unknown = !look_up("no-such-name.invalid", std::nullopt).has_value();
    std::_Exit(found && unknown && service_port("https") == Port{443} ? 0 : 1);
  };
  EXPECT_EXIT(act_confined(Phase::Prepare, look), testing::ExitedWithCode(0), "");
}

TEST_F(Confinement, LetsRoutesBeAskedForWhileTracing) {
  const auto ask = [] {
    const bool found = find_interface("lo").has_value() && owns(IpAddress::v4(0x7f000001));
    std::_Exit(found && service_name(Port{443}) == "https" ? 0 : 1);
  };
  EXPECT_EXIT(act_confined(Phase::Trace, ask), testing::ExitedWithCode(0), "");
}

TEST_F(Confinement, LetsTheProcessEndItself) {
  EXPECT_EXIT(
      act_confined(Phase::Trace, [] { std::abort(); }), testing::KilledBySignal(SIGABRT), "");
}

TEST_F(Confinement, NeedsRightsToBeGivenUpBefore) {
  if (!test::require_right(
          ::geteuid() == 0, "root, to become a process that may still gain some")) {
    return;
  }
  const auto confine_first = [] {
    ::setresuid(65534, 65534, 65534);
    try {
      confine(Phase::Prepare);
    } catch (const SystemError& error) {
      std::_Exit(error.error() == EACCES ? 0 : 1);
    }
    std::_Exit(1);
  };
  EXPECT_EXIT(confine_first(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace synroute::os
