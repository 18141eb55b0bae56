// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace synroute::cli {

/// How a program ends before it sends anything: text for the two streams, and the exit status.
struct EarlyExit {
  std::string out;
  std::string err;
  int status = 1;
};

}  // namespace synroute::cli
