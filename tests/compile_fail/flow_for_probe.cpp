// SPDX-License-Identifier: Apache-2.0
#include "base/strong.hpp"

#include <unordered_map>

int attempts(const std::unordered_map<synroute::ProbeId, int>& by_probe) {
#ifdef SYNROUTE_WRONG
  return by_probe.at(synroute::FlowId{1});
#else
  return by_probe.at(synroute::ProbeId{1});
#endif
}
