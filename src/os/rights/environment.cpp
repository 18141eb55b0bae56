// SPDX-License-Identifier: Apache-2.0
#include "os/rights/environment.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace synroute::os {
namespace {

constexpr std::array kKept = {
    "TERM", "COLORTERM", "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "POSIXLY_CORRECT"};

}  // namespace

void forget_environment() {
  std::vector<std::pair<const char*, std::string>> kept;
  for (const char* const name : kKept) {
    if (const char* const value = std::getenv(name); value != nullptr) {
      kept.emplace_back(name, value);
    }
  }
  ::clearenv();
  for (const auto& [name, value] : kept) {
    ::setenv(name, value.c_str(), 1);
  }
}

}  // namespace synroute::os
