// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <vector>

#include <linux/filter.h>

namespace synroute::os {

/// A condition on an argument of a system call: its bits of `mask` are those of `value`. Only the
/// lower half of an argument is looked at.
struct ArgumentTest {
  std::uint32_t index = 0;
  std::uint32_t mask = 0;
  std::uint32_t value = 0;
};

/// A classic BPF program that judges system calls by their number and arguments. It searches the
/// numbers by halves: the kernel runs it at its installation once for every number there is, and
/// later for every call. Built in 30 us where libseccomp takes 1 ms, for each of its rules is an
/// insertion into a tree. Verdicts are SECCOMP_RET_*.
class CallFilter {
 public:
  explicit CallFilter(std::uint32_t verdict_without_rule) : default_{verdict_without_rule} {}

  /// The verdict when all tests hold. Several rules for one call are alternatives: the first that
  /// holds decides. Negative numbers, of calls that this processor does not have, are passed over.
  void add(std::uint32_t verdict, int call, std::initializer_list<ArgumentTest> tests = {});
  /// The verdict for all calls from `first` to `last`; none of them may have a rule.
  void add_range(std::uint32_t verdict, int first, int last);

  /// Calls of a foreign convention (of i386, say) end the process.
  [[nodiscard]] std::vector<sock_filter> program() const;
  /// The kernel takes it for this thread. Throws SystemError.
  void install() const;

 private:
  using Code = std::vector<sock_filter>;
  struct Rule {
    std::uint32_t verdict;
    std::vector<ArgumentTest> tests;
  };
  struct Section {
    std::uint32_t from;  ///< the first call number; it ends where the next begins
    Code code;
  };

  [[nodiscard]] Code judge(const std::vector<Rule>& rules) const;
  [[nodiscard]] std::vector<Section> sections() const;

  std::uint32_t default_;
  std::map<std::uint32_t, std::vector<Rule>> rules_;  ///< by call number
};

}  // namespace synroute::os
