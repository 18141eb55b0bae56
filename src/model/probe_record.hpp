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

/// Why this host did not let a probe out. Never network loss.
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
  bool late = false;  ///< came after its time was up: shown, but not counted in statistics
};
struct Lost {};
struct Refused {
  Refusal why = Refusal::Other;
};

/// Whether an answer of the target that was heard on the wire reached this host's TCP, past its
/// firewall, connection tracking and route checks. What is not delivered, no connection sees.
enum class Delivery : std::uint8_t { NotTested, Delivered, NotDelivered };

/// A probe and what became of it.
struct ProbeRecord {
  Probe probe;
  std::variant<Waiting, Answered, Lost, Refused> state;
  int duplicates = 0;  ///< further copies of the reply
  /// A reset in the target's name that came for this probe and is not believed: somebody on the way
  /// forges them (see reset_is_contradicted). At most one.
  std::vector<Reply> disproved;
  /// The target answers one SYN of a connection at a time; this one was sent while another of the
  /// same connection was pending there, so its silence says nothing about the network.
  bool overlapped = false;
  Delivery delivery = Delivery::NotTested;

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
