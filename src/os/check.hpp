// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <concepts>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace synroute::os {

/// The machine refused something the program cannot do without. what() reads "attempt: reason";
/// hint() says in one line what the user could do about it, or is empty. Caught once, in main.
class SystemError : public std::system_error {
 public:
  SystemError(std::string_view attempt, int error, std::string hint = {})
      : std::system_error{error, std::generic_category(), std::string{attempt}},
        hint_{std::move(hint)} {}

  [[nodiscard]] int error() const { return code().value(); }
  [[nodiscard]] const std::string& hint() const { return hint_; }

 private:
  std::string hint_;
};

/// Passes on the result of a system call; a negative one becomes a SystemError that names the
/// attempt. `attempt` must not be computed in the same expression: that could overwrite errno.
template <std::signed_integral Result>
Result check(std::string_view attempt, Result result) {
  if (result < 0) {
    throw SystemError{attempt, errno};
  }
  return result;
}

}  // namespace synroute::os
