// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

synroute::Instant deadline(synroute::Instant sent, synroute::Duration patience) {
#ifdef SYNROUTE_WRONG
  return sent + synroute::Instant{patience};
#else
  return sent + patience;
#endif
}
