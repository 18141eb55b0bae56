// SPDX-License-Identifier: Apache-2.0
#include "model/counters.hpp"

namespace synroute::model {

Counters& Counters::operator+=(const Counters& other) {
  for (const auto& [name, counter] : kCounterNames) {
    this->*counter += other.*counter;
  }
  return *this;
}

}  // namespace synroute::model
