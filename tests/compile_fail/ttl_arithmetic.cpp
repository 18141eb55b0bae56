// SPDX-License-Identifier: Apache-2.0
#include "base/strong.hpp"

int next(synroute::Ttl ttl) {
#ifdef SYNROUTE_WRONG
  return ttl + 1;
#else
  return ttl.value() + 1;
#endif
}
