// SPDX-License-Identifier: Apache-2.0
#include "os/rights/confinement.hpp"

#include "os/check.hpp"

#include <array>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synroute::os {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#  error "say here which AUDIT_ARCH_ constant this processor has, and read through the table below"
#endif

/// A condition on one argument of a system call: the bits of `mask` are those of `value`. All that
/// are looked at here are int, or have their meaning in the lower half.
struct ArgumentTest {
  std::uint32_t index = 0;
  std::uint32_t mask = 0;
  std::uint32_t value = 0;
};
constexpr std::uint32_t kWhole = 0xffffffff;

/// set_mempolicy_home_node, the last call of Linux 6.1. A C library younger than this table tries
/// calls that came later and makes do without them where the kernel has none; so it is told.
constexpr std::uint32_t kNewestKnown = 450;
/// Marks calls of x32, and numbers no kernel will have soon.
constexpr std::uint32_t kForeignBit = 0x4000'0000;

/// Classic BPF over struct seccomp_data, one system call after the other; each block either ends in
/// a verdict or falls through to the next. Calls that are allowed whatever their arguments cost
/// nothing when they are made: the kernel notes them in a bitmap (Linux 5.11).
class Rules {
 public:
  Rules() {
    load(offsetof(seccomp_data, arch));
    unless_equal(kArchitecture, 1);
    skip(1);
    finish(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
    at_least(kForeignBit, 1);
    finish(SECCOMP_RET_KILL_PROCESS);
    at_least(kNewestKnown + 1, 1);
    finish(SECCOMP_RET_ERRNO | ENOSYS);
  }

  void allow(std::span<const long> calls) {
    for (const long call : calls) {
      unless_equal(static_cast<std::uint32_t>(call), 1);
      finish(SECCOMP_RET_ALLOW);
    }
  }

  /// Allows the call when all tests of any one alternative hold, else it ends the process.
  void allow_when(long call, const std::vector<std::vector<ArgumentTest>>& alternatives) {
    std::size_t size = 1;
    for (const auto& alternative : alternatives) {
      size += (alternative.size() * kTestSize) + 1;
    }
    unless_equal(static_cast<std::uint32_t>(call), size);
    for (const auto& alternative : alternatives) {
      std::size_t left = (alternative.size() * kTestSize) + 1;
      for (const ArgumentTest& test : alternative) {
        left -= kTestSize;
        load(static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + (8 * test.index));
        add(BPF_ALU | BPF_AND | BPF_K, test.mask);
        unless_equal(test.value, left);
      }
      finish(SECCOMP_RET_ALLOW);
    }
    finish(SECCOMP_RET_KILL_PROCESS);
  }

  /// The same for one argument that is one of these.
  void allow_values(long call, std::uint32_t index, std::initializer_list<std::uint32_t> values) {
    std::vector<std::vector<ArgumentTest>> alternatives;
    for (const std::uint32_t value : values) {
      alternatives.push_back({{index, kWhole, value}});
    }
    allow_when(call, alternatives);
  }

  /// The program; all that was not allowed ends the process.
  [[nodiscard]] std::vector<sock_filter> take() {
    finish(SECCOMP_RET_KILL_PROCESS);
    return std::move(program_);
  }

 private:
  static constexpr std::size_t kTestSize = 3;

  void add(int code, std::uint32_t operand) {
    program_.push_back({static_cast<std::uint16_t>(code), 0, 0, operand});
  }
  void load(std::size_t offset) {
    add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
  }
  /// Skips instructions unless what was loaded last is this value.
  void unless_equal(std::uint32_t value, std::size_t count) {
    assert(count <= UINT8_MAX);
    add(BPF_JMP | BPF_JEQ | BPF_K, value);
    program_.back().jf = static_cast<std::uint8_t>(count);
  }
  /// Skips instructions unless what was loaded last is this value or more.
  void at_least(std::uint32_t value, std::uint8_t count) {
    add(BPF_JMP | BPF_JGE | BPF_K, value);
    program_.back().jf = count;
  }
  void skip(std::uint32_t count) { add(BPF_JMP | BPF_JA, count); }
  void finish(std::uint32_t verdict) { add(BPF_RET | BPF_K, verdict); }

  std::vector<sock_filter> program_;
};

/// Calls that are allowed whatever their arguments.
constexpr auto kHarmless = std::to_array<long>({
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
    SYS_signalfd4,
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
#ifdef __x86_64__
    // with newer forms, that the C library here still makes
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

/// Emptying a file that is already open for writing.
constexpr auto kOnlyInPreparation = std::to_array<long>({SYS_ftruncate});

void allow_reading_files(Rules& rules) {
  constexpr std::uint32_t kWriting = O_ACCMODE | O_CREAT | O_TRUNC;
  rules.allow_when(SYS_openat, {{{2, kWriting, O_RDONLY}}});
#ifdef __x86_64__
  rules.allow_when(SYS_open, {{{1, kWriting, O_RDONLY}}});
#endif
  rules.allow_values(SYS_fcntl, 1, {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC});
}

void allow_terminal(Rules& rules) {
  rules.allow_values(
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

void allow_sockets(Rules& rules, Phase phase) {
  constexpr std::uint32_t kKind = 0xf;  // beside it stand SOCK_CLOEXEC and SOCK_NONBLOCK
  std::vector<std::vector<ArgumentTest>> kinds = {
      {{0, kWhole, AF_INET}, {1, kKind, SOCK_STREAM}},
      {{0, kWhole, AF_INET}, {1, kKind, SOCK_DGRAM}},
      {{0, kWhole, AF_INET6}, {1, kKind, SOCK_STREAM}},
      {{0, kWhole, AF_INET6}, {1, kKind, SOCK_DGRAM}},
      {{0, kWhole, AF_NETLINK}, {2, kWhole, NETLINK_ROUTE}}};
  if (phase == Phase::Prepare) {
    kinds.push_back({{0, kWhole, AF_UNIX}});
  }
  rules.allow_when(SYS_socket, kinds);
}

void allow_memory(Rules& rules, Phase phase) {
  constexpr std::uint32_t kWrite = PROT_WRITE;
  constexpr std::uint32_t kExecute = PROT_EXEC;
  for (const long call : {SYS_mmap, SYS_mprotect}) {
    if (phase == Phase::Prepare) {
      rules.allow_when(call, {{{2, kExecute, 0}}, {{2, kWrite, 0}}});
    } else {
      rules.allow_when(call, {{{2, kExecute, 0}}});
    }
  }
}

void allow_about_itself(Rules& rules, Phase phase) {
  rules.allow_values(
      SYS_prctl, 0, {PR_SET_TIMERSLACK, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS, PR_SET_VMA});
  rules.allow_values(SYS_tgkill, 0, {static_cast<std::uint32_t>(::getpid())});
  rules.allow_values(SYS_prlimit64, 0, {0});
  if (phase == Phase::Prepare) {
    rules.allow(kOnlyInPreparation);
    rules.allow_values(SYS_seccomp, 0, {SECCOMP_SET_MODE_FILTER});
  }
}

std::vector<sock_filter> rules_of(Phase phase) {
  Rules rules;
  rules.allow(kHarmless);
  allow_reading_files(rules);
  allow_terminal(rules);
  allow_sockets(rules, phase);
  allow_memory(rules, phase);
  allow_about_itself(rules, phase);
  return rules.take();
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
  std::vector<sock_filter> rules = rules_of(phase);
  const sock_fprog program{
      .len = static_cast<unsigned short>(rules.size()), .filter = rules.data()};
  check(
      "confine this process",
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, std::size_t{0}, &program));
  if (::prctl(PR_GET_SECCOMP) != SECCOMP_MODE_FILTER) {
    throw SystemError{"confine this process", EPERM};
  }
}

}  // namespace synroute::os
