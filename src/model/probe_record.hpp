// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/probe.hpp"
#include "model/refusal.hpp"
#include "model/reply.hpp"

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

namespace synroute::model {

struct Waiting {};
struct Answered {
  Reply reply;
  bool late = false;  ///< came after the probe was given up: shown, but not in RTT statistics
};
/// Given up without an answer. An answer that comes later still counts, until the trace ends.
struct Lost {
  std::optional<Duration> waited;  ///< from its sending until it was given up; absent in a replay
};
struct Refused {
  Refusal why = Refusal::Other;
};

/// A further answer to a probe, which contradicts its reply.
struct Rival {
  Reply reply;
  bool is_disproved = false;  ///< by better evidence; else which of the two is genuine is unknown
};

/// Whether an answer of the target that was heard on the wire reached this host's TCP, past its
/// firewall, connection tracking and route checks. What is not delivered, no connection sees.
enum class Delivery : std::uint8_t { NotTested, Delivered, NotDelivered };

/// A probe and its outcome.
struct ProbeRecord {
  Probe probe;
  std::variant<Waiting, Answered, Lost, Refused> state;
  int duplicates = 0;  ///< further copies of the reply
  /// A reset with the target's address that a middlebox forged (see reset_is_contradicted). At most
  /// one.
  std::vector<Reply> disproved;
  std::vector<Rival> rivals;  ///< in the order of arrival; resets are in `disproved`
  /// Sent while the target had another SYN of the same connection half-open and ignored further
  /// ones: the missing answer is no sign of loss.
  bool overlapped = false;
  Delivery delivery = Delivery::NotTested;

  [[nodiscard]] bool is_waiting() const { return std::holds_alternative<Waiting>(state); }
  [[nodiscard]] bool is_settled() const { return !is_waiting(); }
  [[nodiscard]] bool is_lost() const { return std::holds_alternative<Lost>(state); }
  /// The reply, late or not; null without one.
  [[nodiscard]] const Reply* reply() const {
    const auto* answered = std::get_if<Answered>(&state);
    return answered != nullptr ? &answered->reply : nullptr;
  }
  /// The TCP answer that came besides an ICMP error which is no worse proved; null without one.
  [[nodiscard]] const Reply* rival_segment() const {
    for (const Rival& rival : rivals) {
      if (!rival.is_disproved && rival.reply.is_tcp()) {
        return &rival.reply;
      }
    }
    return nullptr;
  }
  /// The probe has expired on the way as well as arrived, by equal evidence.
  [[nodiscard]] bool is_contradictory() const {
    const auto expired = [](const Reply& reply) { return reply.kind == ReplyKind::TimeExceeded; };
    const Reply* own = reply();
    if (own == nullptr) {
      return false;
    }
    return std::ranges::any_of(rivals, [&](const Rival& rival) {
      const bool differ =
          (expired(*own) && rival.reply.is_tcp()) || (own->is_tcp() && expired(rival.reply));
      return !rival.is_disproved && differ;
    });
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
