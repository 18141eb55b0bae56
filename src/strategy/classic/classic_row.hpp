// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

namespace synroute::strategy {

/// Probes with one TTL.
struct ClassicRow {
  int asked = 0;
  int settled = 0;
  bool announced = false;
  Instant first_asked;
  Instant last_asked;
};

}  // namespace synroute::strategy
