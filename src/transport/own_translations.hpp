// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/connection_tuple.hpp"
#include "wire/datagram.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace synroute::transport {

/// What this host's own NAT makes of our probes (OUTPUT and POSTROUTING rules), and the way back: a
/// packet socket hears answers before they are translated back, so it is undone here and everything
/// above sees the addresses that a connection of this host would see.
///
/// Kept per probe and not per flow: with `masquerade fully-random` the kernel's reset ends the
/// conntrack entry, and the next SYN of the same flow gets another source port.
class OwnTranslations {
 public:
  /// The probe with this sequence number was sent as `before` and left this host as `after`.
  void learn(
      std::uint32_t sequence,
      const model::ConnectionTuple& before,
      const model::ConnectionTuple& after);
  /// This host translates at least one probe.
  [[nodiscard]] bool any() const { return !by_sequence_.empty(); }

  /// Puts the addresses and ports of the probe, as sent, into an answer to the probe as it left: in
  /// the headers of a TCP answer, in the quote and the destination of an ICMP error. The source of
  /// an ICMP error is left alone: it is the router's own. Returns whether anything was changed.
  bool undo(wire::Datagram& answer) const;

 private:
  struct Translation {
    model::ConnectionTuple before;
    model::ConnectionTuple after;
  };

  bool undo(wire::Datagram& answer, wire::TcpSegment& segment) const;
  bool undo(wire::Datagram& answer, wire::IcmpMessage& message) const;
  [[nodiscard]] std::optional<Translation> of_quote(const wire::Quote& quote) const;

  std::unordered_map<std::uint32_t, Translation> by_sequence_;
  std::map<model::ConnectionTuple, model::ConnectionTuple> by_tuple_;  ///< after -> before
};

}  // namespace synroute::transport
