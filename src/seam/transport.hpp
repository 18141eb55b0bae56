// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "model/connection_tuple.hpp"
#include "model/counters.hpp"
#include "model/refusal.hpp"
#include "model/trace.hpp"
#include "wire/datagram.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace synroute::seam {

/// Names one probe on a transport: whoever sends chooses it, whatever comes back about it carries
/// it.
using Token = std::uint64_t;

struct Outgoing {
  Token token = 0;
  wire::Datagram datagram;
};

/// A packet arrived. `received` is the kernel's stamp where it has one, on the driver's clock.
struct Received {
  wire::Datagram datagram;
  Instant received;
  /// Set by transports that know by construction which probe is answered (one socket per probe).
  std::optional<Token> about;
};
/// A probe left at this time; may come twice, the later and more exact (kernel) stamp counts.
struct Sent {
  Token token = 0;
  Instant at;
};
/// A device of this host was given the probe: behind its routing, firewall and NAT. Comes after
/// Sent, from transports that can see it, and at most once.
struct Left {
  Token token = 0;
  /// The device's name, valid while the transport lives; empty when it is not known.
  std::string_view device;
  /// What this host's own NAT made of the probe; absent when it left as it was sent. Answers are
  /// reported with the addresses and ports of the probe as sent, whatever they bore on the wire.
  std::optional<model::OwnTranslation> translation;
  /// What a rule of this host made of its TTL; absent when it left with the one it was sent with.
  std::optional<Ttl> changed_ttl = std::nullopt;
};
/// This host's TCP was given this answer of a target: it passed the firewall, connection tracking
/// and route checks of this host. The answer itself comes as Received, before or after.
struct Delivered {
  wire::Datagram datagram;
};
/// This host did not let a probe out.
struct NotSent {
  Token token = 0;
  model::Refusal why = model::Refusal::Other;
  /// With NoNeighbour: the next hop that is missing, where it is not that of the route.
  std::optional<model::MissingHop> missing_hop = std::nullopt;
};
using Incoming = std::variant<Sent, Left, NotSent, Received, Delivered>;

/// What a way of sending can and cannot do.
struct TransportTraits {
  model::Method method = model::Method::Raw;
  /// One probe per source port at a time: the kernel allows one connection attempt per 4-tuple.
  bool one_probe_per_flow = false;
  /// Reports Left for every probe that leaves this host: one that never does has not left.
  bool sees_departures = false;
  /// Reports Delivered for every answer of a target that this host's TCP is given.
  bool sees_deliveries = false;
};

/// Is shown packets as they came, byte for byte, those included that nobody can read.
using PacketSink = std::function<void(Instant at, std::span<const std::uint8_t> packet)>;

/// A way to send packets and hear what comes back. Never waits. One thread.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  [[nodiscard]] virtual TransportTraits traits() const = 0;
  /// Sends the batch in order. Each probe is reported exactly once as NotSent, or one or more times
  /// as Sent, by later calls of receive().
  virtual void send(std::span<const Outgoing> batch) = 0;
  /// Appends everything that has happened since the last call; Sent comes before the answer it
  /// caused.
  virtual void receive(std::vector<Incoming>& into) = 0;
  /// When receive() may have something new although no descriptor becomes readable.
  [[nodiscard]] virtual std::optional<Instant> deadline() const { return std::nullopt; }
  /// Only what the transport itself counts: malformed, bad_checksum, dropped_by_socket,
  /// dropped_by_firewall, dropped_by_queue, reverse_path_drops, clock_steps.
  [[nodiscard]] virtual model::Counters counters() const = 0;
  /// Not every answer that this host's TCP was given has been reported: there was no room for it.
  [[nodiscard]] virtual bool has_missed_deliveries() const { return false; }
};

}  // namespace synroute::seam
