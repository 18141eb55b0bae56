// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/boxes/middlebox.hpp"
#include "sim/stack/tcp_connection.hpp"

#include <cstdint>
#include <unordered_map>
#include <utility>

namespace synroute::sim {

/// Answers every SYN with a stateless SYN|ACK of window 0, whatever the port's real state, and
/// opens the real connection only after the client has completed the handshake; then it shifts
/// sequence numbers between the two halves (nftables' synproxy). Offers MSS, SACK and window scale,
/// no timestamps.
class SynProxyBox final : public Middlebox {
 public:
  SynProxyBox(SynProxySettings settings, std::uint64_t seed)
      : settings_{std::move(settings)}, seed_{seed} {}
  Verdict forward(Packet& packet, Passage& passage) override;

 private:
  /// One spliced connection, by the client's end.
  struct Splice {
    std::uint32_t client_isn = 0;
    std::uint32_t shift = 0;  ///< added to the server's sequence numbers to get those we gave
    bool open = false;        ///< the server has agreed
  };
  [[nodiscard]] Verdict from_client(Packet& packet, Passage& passage);
  [[nodiscard]] Verdict from_server(Packet& packet, Passage& passage);
  static void accept(const Packet& answer, const Splice& splice, Passage& passage);
  [[nodiscard]] std::uint32_t cookie(const ConnectionKey& key, std::uint32_t client_isn) const;

  static constexpr std::size_t kSpliceLimit = 65536;

  SynProxySettings settings_;
  std::uint64_t seed_;
  std::unordered_map<ConnectionKey, Splice, ConnectionKeyHash> splices_;
};

}  // namespace synroute::sim
