// SPDX-License-Identifier: Apache-2.0
#include "os/rights/confinement.hpp"

#include "os/check.hpp"

#include <seccomp.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#  error "add the calls that the C library makes on this processor to the list below"
#endif

namespace synroute::os {
namespace {

constexpr std::uint32_t kWhole = 0xffffffff;

/// True when the bits of `mask` in an argument are those of `value`. Only the lower half is looked
/// at: all arguments tested here are int or have their meaning there, and the C library leaves the
/// upper half of such a register undefined.
scmp_arg_cmp test(unsigned index, std::uint32_t mask, std::uint32_t value) {
  return {.arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

/// libseccomp returns negative error numbers.
void check_library(int result) {
  if (result < 0) {
    throw SystemError{"confine this process", -result};
  }
}

class Filter {
 public:
  explicit Filter(std::uint32_t verdict_without_rule)
      : context_{::seccomp_init(verdict_without_rule)} {
    check_library(context_ != nullptr ? 0 : -ENOMEM);
    set(SCMP_FLTATR_CTL_NNP, 0);  // drop_rights() sets no_new_privs and reads it back
    set(SCMP_FLTATR_API_SYSRAWRC, 1);
    set(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    set(SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree: the kernel runs the filter once for every call
  }

  /// The verdict when all tests hold. Several rules for one call are alternatives.
  void add(std::uint32_t verdict, int call, std::initializer_list<scmp_arg_cmp> tests = {}) {
    check_library(::seccomp_rule_add_array(
        context_.get(), verdict, call, static_cast<unsigned>(tests.size()), tests.begin()));
  }
  void allow(int call, std::initializer_list<scmp_arg_cmp> tests = {}) {
    add(SCMP_ACT_ALLOW, call, tests);
  }
  void kill(int call, std::initializer_list<scmp_arg_cmp> tests = {}) {
    add(SCMP_ACT_KILL_PROCESS, call, tests);
  }
  /// Allows the call when one argument is one of these.
  void allow_values(int call, unsigned index, std::initializer_list<std::uint32_t> values) {
    for (const std::uint32_t value : values) {
      allow(call, {test(index, kWhole, value)});
    }
  }

  void load() { check_library(::seccomp_load(context_.get())); }

 private:
  struct Release {
    void operator()(scmp_filter_ctx context) const { ::seccomp_release(context); }
  };

  void set(scmp_filter_attr attribute, std::uint32_t value) {
    check_library(::seccomp_attr_set(context_.get(), attribute, value));
  }

  std::unique_ptr<void, Release> context_;
};

/// Calls that are allowed whatever their arguments.
constexpr auto kHarmless = std::to_array<int>({
    // reading, writing, waiting
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(ppoll),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2),
    SCMP_SYS(signalfd4),
    // files by name; opening them is looked at below
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    // sockets; making them is looked at below
    SCMP_SYS(bind),
    SCMP_SYS(connect),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
    // time and chance
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    // memory; mapping it is looked at below
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    // the process itself
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    // calls with newer forms, of x86-64 only; libseccomp passes over them elsewhere
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(access),
    SCMP_SYS(readlink),
    SCMP_SYS(poll),
    SCMP_SYS(select),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(time),
    SCMP_SYS(getdents),
});

/// Makes calls younger than Linux 6.1 fail with ENOSYS: a C library younger than the list above
/// tries them first and falls back to older ones. The range covers the ten years or so until the
/// numbers run past it; Linux adds about six calls a year.
void answer_younger_calls(Filter& filter) {
  constexpr int kNewestKnown = 450;  // set_mempolicy_home_node
  constexpr int kNewestAnswered = 511;
  for (int call = kNewestKnown + 1; call <= kNewestAnswered; ++call) {
    filter.add(SCMP_ACT_ERRNO(ENOSYS), call);
  }
}

void allow_files(Filter& filter) {
  constexpr std::uint32_t kWriting = O_ACCMODE | O_CREAT | O_TRUNC;
  filter.allow(SCMP_SYS(openat), {test(2, kWriting, O_RDONLY)});
  filter.allow(SCMP_SYS(open), {test(1, kWriting, O_RDONLY)});
  filter.allow(SCMP_SYS(ftruncate));
  filter.allow_values(SCMP_SYS(fcntl), 1, {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC});
}

void allow_terminal(Filter& filter) {
  filter.allow_values(
      SCMP_SYS(ioctl),
      1,
      {TCGETS,
       TCGETS2,
       TCSETS,
       TCSETSW,
       TCSETSF,
       TIOCGWINSZ,
       TIOCGPGRP,
       FIONREAD,
       FIONBIO,
       SIOCGIFINDEX,
       SIOCGIFNAME});
}

void allow_sockets(Filter& filter) {
  constexpr std::uint32_t kKind = 0xf;  // beside it stand SOCK_CLOEXEC and SOCK_NONBLOCK
  const int call = SCMP_SYS(socket);
  filter.allow(call, {test(0, kWhole, AF_INET), test(1, kKind, SOCK_STREAM)});
  filter.allow(call, {test(0, kWhole, AF_INET), test(1, kKind, SOCK_DGRAM)});
  filter.allow(call, {test(0, kWhole, AF_INET6), test(1, kKind, SOCK_STREAM)});
  filter.allow(call, {test(0, kWhole, AF_INET6), test(1, kKind, SOCK_DGRAM)});
  filter.allow(call, {test(0, kWhole, AF_NETLINK), test(2, kWhole, NETLINK_ROUTE)});
  filter.allow(call, {test(0, kWhole, AF_UNIX)});
}

/// Memory is writable or executable, not both.
void allow_memory(Filter& filter) {
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    filter.allow(call, {test(2, PROT_EXEC, 0)});
    filter.allow(call, {test(2, PROT_WRITE, 0)});
  }
}

void allow_about_itself(Filter& filter) {
  filter.allow_values(
      SCMP_SYS(prctl), 0, {PR_SET_TIMERSLACK, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS, PR_SET_VMA});
  filter.allow_values(SCMP_SYS(tgkill), 0, {static_cast<std::uint32_t>(::getpid())});
  filter.allow_values(SCMP_SYS(prlimit64), 0, {0});
  filter.allow_values(SCMP_SYS(seccomp), 0, {SECCOMP_SET_MODE_FILTER});
}

void confine_for_preparing() {
  Filter filter{SCMP_ACT_KILL_PROCESS};
  for (const int call : kHarmless) {
    filter.allow(call);
  }
  answer_younger_calls(filter);
  allow_files(filter);
  allow_terminal(filter);
  allow_sockets(filter);
  allow_memory(filter);
  allow_about_itself(filter);
  filter.load();
}

/// The kernel asks both filters and the stricter verdict counts, so only what is taken away stands
/// here.
void confine_for_tracing() {
  Filter filter{SCMP_ACT_ALLOW};
  filter.kill(SCMP_SYS(ftruncate));
  filter.kill(SCMP_SYS(socket), {test(0, kWhole, AF_UNIX)});
  filter.kill(SCMP_SYS(mmap), {test(2, PROT_EXEC, PROT_EXEC)});
  filter.kill(SCMP_SYS(mprotect), {test(2, PROT_EXEC, PROT_EXEC)});
  filter.kill(SCMP_SYS(seccomp));
  filter.load();
}

}  // namespace

bool can_confine() {
#ifdef SYNROUTE_SANITIZED
  return false;
#else
  return true;
#endif
}

void confine(Phase phase) {
  if (!can_confine()) {
    return;
  }
  thread_local bool prepared = false;
  if (!prepared) {
    confine_for_preparing();
    prepared = true;
  }
  if (phase == Phase::Trace) {
    confine_for_tracing();
  }
  if (::prctl(PR_GET_SECCOMP) != SECCOMP_MODE_FILTER) {
    throw SystemError{"confine this process", EPERM};
  }
}

}  // namespace synroute::os
