// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "sim/boxes/middlebox.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace synroute::sim {

/// One direction of a connection as a NAT sees it. Echo requests use their identifier as both
/// ports.
struct NatTuple {
  IpAddress source;
  IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t protocol = 0;

  [[nodiscard]] NatTuple reversed() const {
    return {destination, source, destination_port, source_port, protocol};
  }
  friend bool operator==(const NatTuple&, const NatTuple&) = default;
};

/// Nothing for packets without ports or identifier: later fragments, other protocols, cut headers.
[[nodiscard]] std::optional<NatTuple> nat_tuple(const Packet& packet);

/// What is common to both kinds of NAT: the table of connections and the repair of ICMP errors.
/// Every connection has the tuple it arrived with (`original`) and the one it leaves with
/// (`translated`).
class NatBox : public Middlebox {
 protected:
  struct Connection {
    NatTuple original;
    NatTuple translated;
  };

  /// Adds a connection. Null when the table is full.
  const Connection* remember(const NatTuple& original, const NatTuple& translated);
  [[nodiscard]] const Connection* by_original(const NatTuple& tuple) const;
  [[nodiscard]] const Connection* by_translated(const NatTuple& tuple) const;
  [[nodiscard]] bool is_taken(const NatTuple& translated) const;
  /// Puts the addresses and ports of `to` into a packet that has those of `from`; ports only where
  /// both tuples differ.
  static void translate(Packet& packet, const NatTuple& from, const NatTuple& to);

 private:
  static constexpr std::size_t kTableLimit = 65536;
  struct Hash {
    std::size_t operator()(const NatTuple& tuple) const noexcept;
  };
  using Table = std::unordered_map<NatTuple, Connection, Hash>;
  Table by_original_;
  std::unordered_map<NatTuple, NatTuple, Hash> originals_;
};

}  // namespace synroute::sim
