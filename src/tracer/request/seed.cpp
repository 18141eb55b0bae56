// SPDX-License-Identifier: Apache-2.0
#include "tracer/request/seed.hpp"

#include "os/random_seed.hpp"

namespace synroute::tracer {

std::uint64_t seed_of(const TraceRequest& request) {
  return request.seed ? *request.seed : os::random_seed();
}

}  // namespace synroute::tracer
