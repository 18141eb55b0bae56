// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/reply.hpp"

#include <cstddef>

namespace synroute::model {

/// Segments with the target's address that carry no number of any probe and were not proved to be
/// its answers.
struct Unattributed {
  ReplyKind kind = ReplyKind::Rst;  ///< Rst, or Ack for a SYN or ACK without our numbers
  std::size_t packets = 0;
  /// Of these, those that came to ports from which nothing had been asked, or at a time when no
  /// answer was due. The target sends none.
  std::size_t strays = 0;
  std::size_t asked = 0;  ///< SYNs sent to find out
};

}  // namespace synroute::model
