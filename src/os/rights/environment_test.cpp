// SPDX-License-Identifier: Apache-2.0
#include "os/rights/environment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

namespace synroute::os {
namespace {

// In a process of its own: the environment belongs to all tests.
TEST(Environment, KeepsOnlyWhatSaysHowTextShouldLook) {
  const auto forget_and_look = [] {
    ::setenv("RES_OPTIONS", "ndots:9", 1);
    ::setenv("HOSTALIASES", "/tmp/aliases", 1);
    ::setenv("CARES_HOSTS", "/tmp/hosts", 1);
    ::setenv("NO_COLOR", "1", 1);
    ::unsetenv("COLUMNS");
    forget_environment();
    const bool forgotten = std::getenv("RES_OPTIONS") == nullptr
                           && std::getenv("HOSTALIASES") == nullptr
                           && std::getenv("CARES_HOSTS") == nullptr
                           && std::getenv("PATH") == nullptr && std::getenv("COLUMNS") == nullptr;
    const char* const kept = std::getenv("NO_COLOR");
    std::_Exit(forgotten && kept != nullptr && std::string_view{kept} == "1" ? 0 : 1);
  };
  EXPECT_EXIT(forget_and_look(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace synroute::os
