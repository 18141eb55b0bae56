// SPDX-License-Identifier: Apache-2.0
#include "os/rights/call_filter.hpp"

#include "os/check.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <iterator>
#include <span>

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synroute::os {
namespace {

using Code = std::vector<sock_filter>;

#if defined(__x86_64__)
constexpr std::uint32_t kConvention = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kConvention = AUDIT_ARCH_AARCH64;
#endif

/// A conditional jump skips 255 instructions at most.
constexpr std::size_t kFarthest = 255;

sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

sock_filter give(std::uint32_t verdict) {
  return BPF_STMT(BPF_RET | BPF_K, verdict);
}

sock_filter jump(std::uint16_t condition, std::uint32_t value, std::size_t yes, std::size_t no) {
  assert(yes <= kFarthest && no <= kFarthest);
  return BPF_JUMP(
      static_cast<std::uint16_t>(BPF_JMP | condition | BPF_K),
      value,
      static_cast<std::uint8_t>(yes),
      static_cast<std::uint8_t>(no));
}

/// Processors of both kinds have the lower half first.
std::size_t offset_of(const ArgumentTest& test) {
  return offsetof(seccomp_data, args) + test.index * sizeof(seccomp_data::args[0]);
}

void append(Code& to, const Code& code) {
  to.insert(to.end(), code.begin(), code.end());
}

bool is_same(const Code& left, const Code& right) {
  return std::ranges::equal(left, right, [](const sock_filter& one, const sock_filter& other) {
    return one.code == other.code && one.jt == other.jt && one.jf == other.jf && one.k == other.k;
  });
}

/// Goes on where the number of the call belongs.
template <class Section>
Code search(std::span<const Section> sections) {
  if (sections.size() == 1) {
    return sections.front().code;
  }
  const std::size_t half = sections.size() / 2;
  const Code lower = search(sections.first(half));
  Code code;
  if (lower.size() <= kFarthest) {
    code.push_back(jump(BPF_JGE, sections[half].from, lower.size(), 0));
  } else {
    code.push_back(jump(BPF_JGE, sections[half].from, 0, 1));
    code.push_back(BPF_STMT(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(lower.size())));
  }
  append(code, lower);
  append(code, search(sections.subspan(half)));
  return code;
}

}  // namespace

void CallFilter::add(std::uint32_t verdict, int call, std::initializer_list<ArgumentTest> tests) {
  if (call >= 0) {
    rules_[static_cast<std::uint32_t>(call)].push_back({verdict, tests});
  }
}

void CallFilter::add_range(std::uint32_t verdict, int first, int last) {
  for (int call = first; call <= last; ++call) {
    add(verdict, call);
  }
}

CallFilter::Code CallFilter::judge(const std::vector<Rule>& rules) const {
  Code code;
  for (const Rule& rule : rules) {
    std::size_t left = 0;  // instructions until the next rule
    for (const ArgumentTest& test : rule.tests) {
      left += test.mask == UINT32_MAX ? 2 : 3;
    }
    for (const ArgumentTest& test : rule.tests) {
      code.push_back(load(offset_of(test)));
      if (test.mask != UINT32_MAX) {
        code.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, test.mask));
      }
      left -= test.mask == UINT32_MAX ? 2 : 3;
      code.push_back(jump(BPF_JEQ, test.value, 0, left + 1));
    }
    code.push_back(give(rule.verdict));
    if (rule.tests.empty()) {
      return code;
    }
  }
  code.push_back(give(default_));
  return code;
}

/// Neighbours with the same verdict are one.
std::vector<CallFilter::Section> CallFilter::sections() const {
  std::vector<Section> all{{.from = 0, .code = {give(default_)}}};
  const auto begin = [&all](std::uint32_t from, Code code) {
    if (all.back().from == from) {
      all.pop_back();
    }
    if (all.empty() || !is_same(all.back().code, code)) {
      all.push_back({.from = from, .code = std::move(code)});
    }
  };
  for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
    begin(rule->first, judge(rule->second));
    const auto next = std::next(rule);
    if (next == rules_.end() || next->first != rule->first + 1) {
      begin(rule->first + 1, {give(default_)});
    }
  }
  return all;
}

std::vector<sock_filter> CallFilter::program() const {
  Code code{
      load(offsetof(seccomp_data, arch)),
      jump(BPF_JEQ, kConvention, 1, 0),
      give(SECCOMP_RET_KILL_PROCESS),
      load(offsetof(seccomp_data, nr))};
  const std::vector<Section> all = sections();
  append(code, search(std::span<const Section>{all}));
  return code;
}

void CallFilter::install() const {
  std::vector<sock_filter> code = program();
  const sock_fprog program{.len = static_cast<std::uint16_t>(code.size()), .filter = code.data()};
  check("confine this process", ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0UL, &program));
}

}  // namespace synroute::os
