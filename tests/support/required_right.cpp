// SPDX-License-Identifier: Apache-2.0
#include "support/required_right.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace synroute::test {
namespace {

void mark_without(std::string_view right) {
  if (must_run()) {
    FAIL() << "lacks a right: " << right;
  }
  fmt::print("SKIP lacks a right: {}\n", right);
  GTEST_SKIP() << "lacks a right: " << right;
}

}  // namespace

bool must_run() {
  const char* const set = std::getenv("SYNROUTE_MUST_RUN_LAB");
  const std::string_view value = set == nullptr ? "" : set;
  return !value.empty() && value != "0";
}

bool require_right(bool held, std::string_view right) {
  if (!held) {
    mark_without(right);
  }
  return held;
}

}  // namespace synroute::test
