// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/reply.hpp"

#include <cstdint>

namespace synroute::engine {

/// What becomes of two replies to one probe, of which only one can be genuine, or neither tells the
/// whole story.
enum class Resolution : std::uint8_t {
  Duplicate,  ///< the later one is a copy, or says nothing new
  KeepFirst,  ///< the later one is disproved by better evidence
  TakeLater,  ///< the first one is disproved by better evidence
  KeepBoth,   ///< equal evidence: the first stays the reply
  SwapBoth,   ///< equal evidence: the later becomes the reply
};

/// Better evidence wins, whatever came first. With equal evidence a time exceeded is the hop rather
/// than an unreachable (some routers send both), and a TCP answer tells more of the port than an
/// unreachable (a connection takes a SYN|ACK after a soft error). Of a SYN|ACK and an RST the first
/// stays (ResetScreen knows more).
[[nodiscard]] Resolution resolve(const model::Reply& first, const model::Reply& later);

}  // namespace synroute::engine
