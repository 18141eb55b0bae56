// SPDX-License-Identifier: Apache-2.0
#include "model/counters.hpp"

namespace synroute::model {

Counters& Counters::operator+=(const Counters& other) {
  sent += other.sent;
  received += other.received;
  duplicates += other.duplicates;
  late += other.late;
  unmatched += other.unmatched;
  bad_checksum += other.bad_checksum;
  malformed += other.malformed;
  refused += other.refused;
  dropped_by_socket += other.dropped_by_socket;
  dropped_by_firewall += other.dropped_by_firewall;
  clock_steps += other.clock_steps;
  return *this;
}

}  // namespace synroute::model
