// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/probe.hpp"
#include "model/reply.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace synroute::model {

/// Why this host could not send a probe. Not network loss.
enum class Refusal : std::uint8_t {
  NotPermitted,   ///< EPERM, EACCES: local firewall or missing right
  NoBuffers,      ///< ENOBUFS, ENOMEM, EAGAIN
  TooLong,        ///< EMSGSIZE
  NoRoute,        ///< ENETUNREACH, EHOSTUNREACH
  InterfaceDown,  ///< ENETDOWN, ENODEV, ENXIO
  AddressGone,    ///< EADDRNOTAVAIL, EINVAL after the source address was removed
  Other,
};

/// "not permitted", "no buffer space", …
[[nodiscard]] std::string_view describe(Refusal refusal);

struct Waiting {};
struct Answered {
  Reply reply;
  bool late = false;  ///< came after the probe was given up: shown, but not in RTT statistics
};
struct Lost {};
struct Refused {
  Refusal why = Refusal::Other;
};

/// A probe and what became of it.
struct ProbeRecord {
  Probe probe;
  std::variant<Waiting, Answered, Lost, Refused> state;
  int duplicates = 0;  ///< further copies of the reply
  /// A reset with the target's address that a middlebox forged (see reset_is_contradicted). At most
  /// one.
  std::vector<Reply> disproved;
  /// Sent while the target had another SYN of the same connection half-open and ignored further
  /// ones: the missing answer is no sign of loss.
  bool overlapped = false;

  [[nodiscard]] bool is_waiting() const { return std::holds_alternative<Waiting>(state); }
  [[nodiscard]] bool is_settled() const { return !is_waiting(); }
  /// The reply, late or not; null without one.
  [[nodiscard]] const Reply* reply() const {
    const auto* answered = std::get_if<Answered>(&state);
    return answered != nullptr ? &answered->reply : nullptr;
  }
  [[nodiscard]] bool is_late() const {
    const auto* answered = std::get_if<Answered>(&state);
    return answered != nullptr && answered->late;
  }
  [[nodiscard]] std::optional<Refusal> refusal() const {
    const auto* refused = std::get_if<Refused>(&state);
    return refused != nullptr ? std::optional{refused->why} : std::nullopt;
  }
};

}  // namespace synroute::model
