// SPDX-License-Identifier: Apache-2.0
#include "model/counters.hpp"

#include <algorithm>

namespace synroute::model {

Counters& Counters::operator+=(const Counters& other) {
  for (const auto& [name, counter] : kCounterNames) {
    this->*counter += other.*counter;
  }
  return *this;
}

Counters Counters::since(const Counters& other) const {
  Counters result = *this;
  for (const auto& [name, counter] : kCounterNames) {
    result.*counter -= std::min(result.*counter, other.*counter);
  }
  return result;
}

}  // namespace synroute::model
