// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::model {

enum class Certainty : std::uint8_t { Certain, Likely, Possible };
[[nodiscard]] std::string_view name(Certainty certainty);

/// An inference about the path and the evidence it stands on.
struct Finding {
  std::string kind;  ///< snake_case, stable: "silent_hop", "load_balanced", "destination_nat", …
  Ttl first_hop;     ///< the interval the cause lies in
  Ttl last_hop;
  Certainty certainty = Certainty::Certain;
  std::string sentence;  ///< one sentence for people
  std::vector<ProbeId> evidence;
};

}  // namespace synroute::model
