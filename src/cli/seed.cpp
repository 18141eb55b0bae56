// SPDX-License-Identifier: Apache-2.0
#include "cli/seed.hpp"

#include "os/check.hpp"

#include <sys/random.h>

namespace synroute::cli {

std::uint64_t seed_of(const TraceRequest& request) {
  if (request.seed) {
    return *request.seed;
  }
  std::uint64_t seed = 0;
  os::check("get random numbers", ::getrandom(&seed, sizeof seed, 0));
  return seed;
}

}  // namespace synroute::cli
