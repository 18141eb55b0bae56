// SPDX-License-Identifier: Apache-2.0
#include "os/rights/call_filter.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

#include <linux/audit.h>
#include <linux/seccomp.h>

namespace synroute::os {
namespace {

constexpr std::uint32_t kKill = SECCOMP_RET_KILL_PROCESS;
constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
#if defined(__x86_64__)
constexpr std::uint32_t kNative = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t kNative = AUDIT_ARCH_AARCH64;
#endif

/// What a program says of a call, as the kernel would run it. Each jump must stay within it.
std::uint32_t run(const std::vector<sock_filter>& program, const seccomp_data& call) {
  std::uint32_t accumulator = 0;
  for (std::size_t at = 0;; ++at) {
    const sock_filter& step = program.at(at);
    const auto choose = [&](bool holds) { at += holds ? step.jt : step.jf; };
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(
            &accumulator, reinterpret_cast<const char*>(&call) + step.k, sizeof accumulator);
        break;
      case BPF_ALU | BPF_AND | BPF_K: accumulator &= step.k; break;
      case BPF_JMP | BPF_JA: at += step.k; break;
      case BPF_JMP | BPF_JEQ | BPF_K: choose(accumulator == step.k); break;
      case BPF_JMP | BPF_JGE | BPF_K: choose(accumulator >= step.k); break;
      case BPF_RET | BPF_K: return step.k;
      default: ADD_FAILURE() << "unknown instruction " << step.code; return 0;
    }
  }
}

std::uint32_t verdict(
    const CallFilter& filter, int number, std::uint64_t first = 0, std::uint64_t second = 0) {
  return run(
      filter.program(),
      {.nr = number, .arch = kNative, .instruction_pointer = 0, .args = {first, second}});
}

TEST(CallFilter, JudgesByTheNumber) {
  CallFilter filter{kKill};
  filter.add(kAllow, 0);
  filter.add(kAllow, 7);
  filter.add_range(SECCOMP_RET_ERRNO | 38, 451, 511);
  EXPECT_EQ(verdict(filter, 0), kAllow);
  EXPECT_EQ(verdict(filter, 1), kKill);
  EXPECT_EQ(verdict(filter, 6), kKill);
  EXPECT_EQ(verdict(filter, 7), kAllow);
  EXPECT_EQ(verdict(filter, 8), kKill);
  EXPECT_EQ(verdict(filter, 450), kKill);
  EXPECT_EQ(verdict(filter, 451), SECCOMP_RET_ERRNO | 38);
  EXPECT_EQ(verdict(filter, 511), SECCOMP_RET_ERRNO | 38);
  EXPECT_EQ(verdict(filter, 512), kKill);
  EXPECT_EQ(verdict(filter, -1), kKill);
  EXPECT_EQ(verdict(filter, 0x40000007), kKill) << "x32";
}

TEST(CallFilter, EndsCallsOfAForeignConvention) {
  const CallFilter filter{kAllow};
  EXPECT_EQ(run(filter.program(), {.nr = 1, .arch = AUDIT_ARCH_I386}), kKill);
}

TEST(CallFilter, WantsAllTestsOfARule) {
  CallFilter filter{kKill};
  filter.add(kAllow, 41, {{0, UINT32_MAX, 2}, {1, 0xf, 1}});
  filter.add(kAllow, 41, {{0, UINT32_MAX, 10}, {1, 0xf, 2}});
  EXPECT_EQ(verdict(filter, 41, 2, 1), kAllow);
  EXPECT_EQ(verdict(filter, 41, 2, 0x80801), kAllow) << "only the bits of the mask count";
  EXPECT_EQ(verdict(filter, 41, 2, 2), kKill);
  EXPECT_EQ(verdict(filter, 41, 10, 2), kAllow);
  EXPECT_EQ(verdict(filter, 41, 10, 1), kKill);
  EXPECT_EQ(verdict(filter, 41, 0x700000002, 1), kAllow) << "only the lower half counts";
  EXPECT_EQ(verdict(filter, 42, 2, 1), kKill);
}

TEST(CallFilter, PassesOverCallsThatThisProcessorDoesNotHave) {
  CallFilter filter{kKill};
  filter.add(kAllow, -10041);
  EXPECT_EQ(verdict(filter, -10041), kKill);
}

/// Beyond 255 instructions a jump takes another form.
TEST(CallFilter, JudgesManyCallsAsTheirRulesSay) {
  CallFilter filter{kKill};
  std::map<int, std::uint32_t> wanted;
  for (int call = 0; call < 900; ++call) {
    const std::uint32_t number = static_cast<std::uint32_t>(call);
    if (call % 3 == 0) {
      filter.add(kAllow, call, {{0, UINT32_MAX, number}, {1, 0xff, number & 0xff}});
    } else if (call % 7 == 0) {
      filter.add(SECCOMP_RET_ERRNO | (number & 0xff), call);
    }
  }
  for (int call = 0; call < 900; ++call) {
    const auto number = static_cast<std::uint32_t>(call);
    const std::uint32_t other =
        call % 7 == 0 && call % 3 != 0 ? SECCOMP_RET_ERRNO | (number & 0xff) : kKill;
    EXPECT_EQ(verdict(filter, call, number, number), call % 3 == 0 ? kAllow : other) << call;
    EXPECT_EQ(verdict(filter, call, number + 1, number), other) << call;
  }
}

}  // namespace
}  // namespace synroute::os
