// SPDX-License-Identifier: Apache-2.0
#include "os/random_seed.hpp"

#include "os/check.hpp"

#include <sys/random.h>

namespace synroute::os {

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  check("get random numbers", ::getrandom(&seed, sizeof seed, 0));
  return seed;
}

}  // namespace synroute::os
