// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include <sys/socket.h>

namespace synroute::os {

/// One piece of ancillary data of a received message (RFC 3542 §20); `data` lies in the control
/// buffer.
struct ControlMessage {
  int level = 0;
  int type = 0;
  std::span<const std::uint8_t> data;

  [[nodiscard]] bool is(int wanted_level, int wanted_type) const {
    return level == wanted_level && type == wanted_type;
  }
  /// A copy of the data as the structure it is; nothing when it is too short for it.
  template <class Value>
  [[nodiscard]] std::optional<Value> as() const {
    if (data.size() < sizeof(Value)) {
      return std::nullopt;
    }
    Value value{};
    std::memcpy(&value, data.data(), sizeof value);
    return value;
  }
};

/// Hands each piece of ancillary data of `message` to `take`.
template <class Take>
void for_each_control(msghdr& message, Take take) {
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr;
       head = CMSG_NXTHDR(&message, head)) {
    const std::size_t size = head->cmsg_len - std::min<std::size_t>(head->cmsg_len, CMSG_LEN(0));
    take(ControlMessage{head->cmsg_level, head->cmsg_type, {CMSG_DATA(head), size}});
  }
}

}  // namespace synroute::os
