// SPDX-License-Identifier: Apache-2.0
#include "model/finding.hpp"
#include "model/reply.hpp"
#include "model/trace.hpp"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <utility>

namespace synroute::model {

std::string_view name(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::TimeExceeded: return "time_exceeded";
    case ReplyKind::SynAck: return "syn_ack";
    case ReplyKind::Rst: return "rst";
    case ReplyKind::Ack: return "ack";
    case ReplyKind::Unreachable: return "unreachable";
  }
  std::unreachable();
}

std::string_view name(Method method) {
  switch (method) {
    case Method::Raw: return "raw";
    case Method::Connect: return "connect";
    case Method::Sim: return "sim";
    case Method::Replay: return "replay";
  }
  std::unreachable();
}

std::string_view name(PortState state) {
  switch (state) {
    case PortState::Open: return "open";
    case PortState::Closed: return "closed";
    case PortState::Unfiltered: return "unfiltered";
    case PortState::OpenOrFiltered: return "open|filtered";
    case PortState::Filtered: return "filtered";
    case PortState::Rejected: return "rejected";
    case PortState::Unreachable: return "unreachable";
    case PortState::NotTested: return "not_tested";
  }
  std::unreachable();
}

std::string_view name(StopReason reason) {
  switch (reason) {
    case StopReason::TargetAnswered: return "target_answered";
    case StopReason::Unreachable: return "unreachable";
    case StopReason::GapLimit: return "gap_limit";
    case StopReason::MaxTtl: return "max_ttl";
    case StopReason::Refused: return "refused";
    case StopReason::Interrupted: return "interrupted";
  }
  std::unreachable();
}

std::string_view name(Certainty certainty) {
  switch (certainty) {
    case Certainty::Certain: return "certain";
    case Certainty::Likely: return "likely";
    case Certainty::Possible: return "possible";
  }
  std::unreachable();
}

static_assert(std::ranges::equal(
    std::views::keys(kFindingNames),
    std::views::iota(std::size_t{0}, kFindingNames.size()),
    {},
    [](FindingKind kind) { return static_cast<std::size_t>(kind); }));

std::string_view name(FindingKind kind) {
  return kFindingNames.at(static_cast<std::size_t>(kind)).second;
}

}  // namespace synroute::model
