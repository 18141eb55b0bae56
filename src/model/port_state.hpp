// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace synroute::model {

/// In a scan the state that comes first here decides the exit status.
enum class PortState : std::uint8_t {
  Open,
  Closed,
  Unfiltered,      ///< the target resets probes that open and closed ports reset alike
  OpenOrFiltered,  ///< silence, to probes that an open port leaves unanswered too
  Filtered,
  Rejected,
  Unreachable,
  NotTested,  ///< no probe left this host
};
/// "open", "closed", "unfiltered", "open|filtered", "filtered", "rejected", "unreachable",
/// "not_tested".
[[nodiscard]] std::string_view name(PortState state);

/// The target itself has answered with TCP.
[[nodiscard]] constexpr bool is_answer_of_target(PortState state) {
  return state == PortState::Open || state == PortState::Closed || state == PortState::Unfiltered;
}
/// No answer has come.
[[nodiscard]] constexpr bool is_silence(PortState state) {
  return state == PortState::Filtered || state == PortState::OpenOrFiltered;
}

}  // namespace synroute::model
