// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

synroute::Duration rtt(synroute::Instant received) {
#ifdef SYNROUTE_WRONG
  const synroute::WallTime sent;
#else
  const synroute::Instant sent;
#endif
  return received - sent;
}
