// SPDX-License-Identifier: Apache-2.0
#include "os/rights/confinement.hpp"

#include "os/check.hpp"
#include "os/rights/call_filter.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <initializer_list>

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#  error "add the calls that the C library makes on this processor to the list below"
#endif

namespace synroute::os {
namespace {

constexpr std::uint32_t kWhole = 0xffffffff;

/// The arguments tested here are int or have their meaning in the lower half; the C library leaves
/// the upper half of such a register undefined.
ArgumentTest test(std::uint32_t index, std::uint32_t mask, std::uint32_t value) {
  return {.index = index, .mask = mask, .value = value};
}

class Filter : public CallFilter {
 public:
  using CallFilter::CallFilter;

  void allow(int call, std::initializer_list<ArgumentTest> tests = {}) {
    add(SECCOMP_RET_ALLOW, call, tests);
  }
  void kill(int call, std::initializer_list<ArgumentTest> tests = {}) {
    add(SECCOMP_RET_KILL_PROCESS, call, tests);
  }
  /// Allows the call when one argument is one of these.
  void allow_values(int call, std::uint32_t index, std::initializer_list<std::uint32_t> values) {
    for (const std::uint32_t value : values) {
      allow(call, {test(index, kWhole, value)});
    }
  }
};

/// Calls that are allowed whatever their arguments.
constexpr auto kHarmless = std::to_array<int>({
    // reading, writing, waiting
    SYS_read,
    SYS_readv,
    SYS_pread64,
    SYS_write,
    SYS_writev,
    SYS_close,
    SYS_lseek,
    SYS_ppoll,
    SYS_pselect6,
    SYS_epoll_create1,
    SYS_epoll_ctl,
    SYS_epoll_pwait,
    SYS_epoll_pwait2,
    // files by name; opening them is looked at below
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_fstatfs,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_getcwd,
    // sockets; making them is looked at below
    SYS_bind,
    SYS_connect,
    SYS_shutdown,
    SYS_getsockname,
    SYS_getpeername,
    SYS_getsockopt,
    SYS_setsockopt,
    SYS_sendto,
    SYS_sendmsg,
    SYS_sendmmsg,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_recvmmsg,
    // time and chance
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_setitimer,
    SYS_gettimeofday,
    SYS_getrandom,
    // memory; mapping it is looked at below
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_futex,
    // the process itself
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_restart_syscall,
    SYS_sigaltstack,
    SYS_exit,
    SYS_exit_group,
    SYS_getpid,
    SYS_gettid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_uname,
    SYS_sysinfo,
    SYS_sched_yield,
    SYS_sched_getaffinity,
#ifdef __x86_64__  // calls with newer forms, which other processors do not have
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_poll,
    SYS_select,
    SYS_epoll_wait,
    SYS_time,
    SYS_getdents,
#endif
});

/// Makes calls younger than Linux 6.1 fail with ENOSYS: a C library younger than the list above
/// tries them first and falls back to older ones. The range covers the ten years or so until the
/// numbers run past it; Linux adds about six calls a year.
void answer_younger_calls(Filter& filter) {
  constexpr int kNewestKnown = 450;  // set_mempolicy_home_node
  constexpr int kNewestAnswered = 511;
  filter.add_range(SECCOMP_RET_ERRNO | ENOSYS, kNewestKnown + 1, kNewestAnswered);
}

void allow_files(Filter& filter) {
  constexpr std::uint32_t kWriting = O_ACCMODE | O_CREAT | O_TRUNC;
  filter.allow(SYS_openat, {test(2, kWriting, O_RDONLY)});
#ifdef __x86_64__
  filter.allow(SYS_open, {test(1, kWriting, O_RDONLY)});
#endif
  filter.allow(SYS_ftruncate);
  filter.allow_values(SYS_fcntl, 1, {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC});
}

void allow_terminal(Filter& filter) {
  filter.allow_values(
      SYS_ioctl,
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
  const int call = SYS_socket;
  filter.allow(call, {test(0, kWhole, AF_INET), test(1, kKind, SOCK_STREAM)});
  filter.allow(call, {test(0, kWhole, AF_INET), test(1, kKind, SOCK_DGRAM)});
  filter.allow(call, {test(0, kWhole, AF_INET6), test(1, kKind, SOCK_STREAM)});
  filter.allow(call, {test(0, kWhole, AF_INET6), test(1, kKind, SOCK_DGRAM)});
  filter.allow(call, {test(0, kWhole, AF_NETLINK), test(2, kWhole, NETLINK_ROUTE)});
  filter.allow(call, {test(0, kWhole, AF_UNIX)});
}

/// Memory is writable or executable, not both.
void allow_memory(Filter& filter) {
  for (const int call : {SYS_mmap, SYS_mprotect}) {
    filter.allow(call, {test(2, PROT_EXEC, 0)});
    filter.allow(call, {test(2, PROT_WRITE, 0)});
  }
}

void allow_about_itself(Filter& filter) {
  filter.allow_values(
      SYS_prctl, 0, {PR_SET_TIMERSLACK, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS, PR_SET_VMA});
  filter.allow_values(SYS_tgkill, 0, {static_cast<std::uint32_t>(::getpid())});
  filter.allow_values(SYS_prlimit64, 0, {0});
  filter.allow_values(SYS_seccomp, 0, {SECCOMP_SET_MODE_FILTER});
}

void confine_for_preparing() {
  Filter filter{SECCOMP_RET_KILL_PROCESS};
  for (const int call : kHarmless) {
    filter.allow(call);
  }
  answer_younger_calls(filter);
  allow_files(filter);
  allow_terminal(filter);
  allow_sockets(filter);
  allow_memory(filter);
  allow_about_itself(filter);
  filter.install();
}

/// The kernel asks both filters and the stricter verdict counts, so only what is taken away stands
/// here.
void confine_for_tracing() {
  Filter filter{SECCOMP_RET_ALLOW};
  filter.kill(SYS_ftruncate);
  filter.kill(SYS_socket, {test(0, kWhole, AF_UNIX)});
  filter.kill(SYS_mmap, {test(2, PROT_EXEC, PROT_EXEC)});
  filter.kill(SYS_mprotect, {test(2, PROT_EXEC, PROT_EXEC)});
  filter.kill(SYS_seccomp);
  filter.install();
}

}  // namespace

bool has_call_filters() {
  return ::prctl(PR_GET_SECCOMP) >= 0;
}

bool can_confine() {
#ifdef SYNROUTE_SANITIZED
  return false;
#else
  return has_call_filters();
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
