// SPDX-License-Identifier: Apache-2.0
#include "model/refusal.hpp"

#include <fmt/format.h>

#include <utility>

namespace synroute::model {
namespace {

struct Text {
  std::string_view reason;
  std::string_view hint;  ///< empty when the reason says it all
};

/// The one place where refusals are put into words.
Text text(Refusal refusal) {
  switch (refusal) {
    case Refusal::NotPermitted: return {"not permitted", "local firewall?"};
    case Refusal::NoBuffers: return {"no buffer space", "queue of the interface full?"};
    case Refusal::TooLong: return {"packet too long", "longer than the MTU?"};
    case Refusal::NoRoute: return {"no route", "see ip route get"};
    case Refusal::InterfaceDown: return {"interface down", ""};
    case Refusal::AddressGone: return {"source address gone", ""};
    case Refusal::Other: return {"system error", ""};
  }
  std::unreachable();
}

}  // namespace

std::string_view describe(Refusal refusal) {
  return text(refusal).reason;
}

std::string explain(Refusal refusal) {
  const auto [reason, hint] = text(refusal);
  return hint.empty() ? std::string{reason} : fmt::format("{} ({})", reason, hint);
}

}  // namespace synroute::model
