// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seam/transport.hpp"
#include "transport/outgoing_copies.hpp"
#include "transport/own_translations.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace synroute::transport {

/// Follows our probes out of this host: which of them a device was given, and what this host's own
/// NAT made of them.
class Departures {
 public:
  /// `socket`: RawSockets::outgoing().
  explicit Departures(int socket) : socket_{socket} {}

  /// To be called before these packets are sent.
  void expect(std::span<const seam::Outgoing> batch);
  /// Appends a Left for every probe that has left since the last call, and learns translations.
  void collect(std::vector<seam::Incoming>& into);

  /// Every flow that was used has been seen leaving, and none is translated: answers bear the
  /// addresses and ports that the probes were sent with.
  [[nodiscard]] bool are_plain() const { return unseen_flows_.empty() && !translations_.any(); }
  /// Some probe left by the loopback device: the target is this host, or its NAT rules say so.
  [[nodiscard]] bool use_loopback() const { return use_loopback_; }
  /// Since when the first target waits for its first probe to be seen leaving, while none can have
  /// been missed.
  [[nodiscard]] std::optional<Instant> waiting_since();
  /// Since when this one of waiting_targets() does.
  [[nodiscard]] Instant waiting_since(const IpAddress& target) const { return waiting_.at(target); }
  /// The targets that have waited since then or longer.
  [[nodiscard]] std::vector<IpAddress> waiting_targets(Instant since) const;
  void stop_waiting(const IpAddress& target) { waiting_.erase(target); }
  /// The probes to a target that have not been seen leaving; they are not expected any more.
  [[nodiscard]] std::vector<seam::Token> take_unseen(const IpAddress& target);
  [[nodiscard]] const OwnTranslations& translations() const { return translations_; }

 private:
  void note_seen(const IpAddress& target);
  /// Of the first of these, which may be followed by more copies of the same packet.
  [[nodiscard]] std::string_view device_of(std::span<const OutgoingCopy> copies);
  struct Expected {
    seam::Token token = 0;
    model::ConnectionTuple tuple;
    Ttl ttl;
  };

  int socket_;
  std::unique_ptr<OutgoingCopies> copies_;  ///< from the first probe on: its flags are those heard
  wire::TcpFlags flags_;
  std::unordered_map<std::uint32_t, Expected> expected_;  ///< by sequence number
  std::unordered_set<std::uint32_t> seen_flows_;          ///< both ports
  std::unordered_set<std::uint32_t> unseen_flows_;
  std::unordered_map<IpAddress, Instant> waiting_;  ///< targets, and when they were first probed
  std::unordered_set<IpAddress> seen_targets_;      ///< that some probe was seen leaving for
  bool use_loopback_ = false;
  std::map<std::uint32_t, std::string> devices_;  ///< names by index; none for a VRF
  OwnTranslations translations_;
  std::vector<OutgoingCopy> read_;
};

}  // namespace synroute::transport
