// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/trace_builder.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace synroute::golden {

/// A trace whose output is kept in NAME.txt and NAME.json.
struct Case {
  std::string name;
  support::TraceBuilder trace;

  friend void PrintTo(const Case& golden, std::ostream* out) { *out << golden.name; }
};

[[nodiscard]] std::vector<Case> cases();

}  // namespace synroute::golden
