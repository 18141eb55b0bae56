// SPDX-License-Identifier: Apache-2.0
#include "engine/conflict.hpp"

namespace synroute::engine {
namespace {

using model::ReplyKind;

/// A TCP answer quotes nothing that could be rewritten, so against one only the proof counts.
int evidence(const model::Reply& reply, const model::Reply& other) {
  const bool both_quote = !reply.is_tcp() && !other.is_tcp();
  return (2 * static_cast<int>(reply.grade.proof))
         + (both_quote && !model::is_rewritten(reply.grade) ? 1 : 0);
}

}  // namespace

Resolution resolve(const model::Reply& first, const model::Reply& later) {
  if (first.from == later.from && first.kind == later.kind) {
    return Resolution::Duplicate;
  }
  const int before = evidence(first, later);
  const int now = evidence(later, first);
  if (before != now) {
    return before < now ? Resolution::TakeLater : Resolution::KeepFirst;
  }
  if (first.is_tcp() && later.is_tcp()) {
    return Resolution::Duplicate;
  }
  const bool later_leads =
      first.kind == ReplyKind::Unreachable && later.kind != ReplyKind::Unreachable;
  return later_leads ? Resolution::SwapBoth : Resolution::KeepBoth;
}

}  // namespace synroute::engine
