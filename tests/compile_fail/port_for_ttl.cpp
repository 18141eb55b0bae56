// SPDX-License-Identifier: Apache-2.0
#include "base/strong.hpp"

bool is_expired(synroute::Ttl ttl) {
  return ttl == synroute::Ttl{0};
}

bool probe() {
#ifdef SYNROUTE_WRONG
  return is_expired(synroute::Port{0});
#else
  return is_expired(synroute::Ttl{0});
#endif
}
