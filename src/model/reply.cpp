// SPDX-License-Identifier: Apache-2.0
#include "model/reply.hpp"

#include <algorithm>
#include <array>

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
  constexpr std::array kInitial{32, 64, 128, 255};
  const int value = left.value();
  return *std::ranges::find_if(kInitial, [value](int initial) { return initial >= value; }) - value;
}

}  // namespace synroute::model
