// SPDX-License-Identifier: Apache-2.0
#include "model/reply.hpp"

#include "model/limits.hpp"

#include <algorithm>

namespace synroute::model {

bool reset_is_contradicted(const Reply& first, const Reply& second) {
  const auto contradicts = [](const Reply& reset, const Reply& genuine) {
    return reset.kind == ReplyKind::Rst
           && (genuine.kind == ReplyKind::SynAck || genuine.kind == ReplyKind::TimeExceeded);
  };
  // A reset behind the SYN|ACK undoes a connection that the target did accept.
  return contradicts(first, second)
         || (first.kind == ReplyKind::TimeExceeded && contradicts(second, first));
}

int routers_passed(Ttl left) {
  const int value = left.value();
  const auto reaches = [value](int initial) { return initial >= value; };
  return *std::ranges::find_if(kInitialTtls, reaches) - value;
}

bool is_rewritten(const MatchGrade& grade) {
  return grade.sequence_rewritten || grade.source_rewritten || grade.destination_rewritten
         || grade.ports_rewritten || grade.ip_id == IdGrade::Zero || grade.ip_id == IdGrade::Other;
}

}  // namespace synroute::model
