// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "sim/packet.hpp"
#include "sim/schedule.hpp"
#include "sim/settings.hpp"
#include "wire/datagram.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace synroute::sim {

/// The two ends of a TCP connection as the stack sees them.
struct ConnectionKey {
  IpAddress remote;
  IpAddress local;
  std::uint16_t remote_port = 0;
  std::uint16_t local_port = 0;
  [[nodiscard]] std::uint64_t hash() const;
  friend bool operator==(const ConnectionKey&, const ConnectionKey&) = default;
};

struct ConnectionKeyHash {
  std::size_t operator()(const ConnectionKey& key) const noexcept { return key.hash(); }
};

/// A server's TCP as Linux does it (tcp_minisocks.c: tcp_check_req): one request per 4-tuple,
/// SYN|ACK repeated after 1, 3, 7, 15 and 31 s, sibling SYNs answered with RST|ACK inside the
/// window and with challenge ACKs outside it. Knows no world: segments and time are handed in,
/// answers handed out.
class TcpStack {
 public:
  TcpStack(HostSettings settings, std::uint64_t seed)
      : settings_{std::move(settings)}, seed_{seed} {}

  /// A segment with a good checksum for this host. Appends what is answered at once.
  void handle(const Packet& segment, Instant now, std::vector<Packet>& answers);
  /// When advance() must be called; may be early.
  [[nodiscard]] std::optional<Instant> deadline() const { return timers_.next(); }
  void advance(Instant now, std::vector<Packet>& answers);

  [[nodiscard]] std::size_t half_open() const { return half_open_; }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  /// SYN|ACKs sent without remembering anything.
  [[nodiscard]] std::uint64_t cookies_sent() const { return cookies_sent_; }

 private:
  enum class State : std::uint8_t { SynReceived, Established, LastAck };
  struct Connection {
    State state = State::SynReceived;
    std::uint32_t own_isn = 0;
    std::uint32_t peer_isn = 0;
    std::uint32_t receive_next = 0;
    std::uint32_t send_next = 0;
    std::optional<std::uint32_t> peer_stamp;  ///< timestamps are agreed on
    bool sack = false;
    bool scaled = false;
    bool ecn = false;
    int repeats = 0;                      ///< SYN|ACKs repeated by the timer
    std::optional<Instant> last_limited;  ///< last answer under tcp_invalid_ratelimit
    std::uint64_t generation = 0;         ///< timers of an older one are void
  };
  struct Segment;
  struct Due {
    ConnectionKey key;
    std::uint64_t generation = 0;
  };
  using Table = std::unordered_map<ConnectionKey, Connection, ConnectionKeyHash>;
  using Answers = std::vector<Packet>;

  void handle_listening(const Segment& segment, Instant now, Answers& answers);
  void handle_new_syn(const Segment& segment, Instant now, Answers& answers);
  void handle_request(Table::iterator at, const Segment& segment, Instant now, Answers& answers);
  void handle_connection(Table::iterator at, const Segment& segment, Instant now, Answers& answers);
  void accept_data(Table::iterator at, const Segment& segment, Answers& answers, Instant now);
  void establish(Connection& connection, const ConnectionKey& key, Instant now);
  void forget(Table::iterator at);

  [[nodiscard]] bool syn_allowed(Instant now);
  [[nodiscard]] Connection agree(const Segment& segment, std::uint32_t isn, bool cookie) const;
  [[nodiscard]] std::uint16_t own_mss(Family family) const;
  [[nodiscard]] std::uint16_t window(Family family, const Connection& connection) const;
  [[nodiscard]] std::uint32_t fresh_isn(const ConnectionKey& key, Instant now) const;
  [[nodiscard]] std::uint32_t cookie(const ConnectionKey& key, std::uint32_t peer_isn) const;
  [[nodiscard]] std::uint32_t stamp(const ConnectionKey& key, Instant now) const;
  [[nodiscard]] Packet syn_ack(
      const ConnectionKey& key, const Connection& connection, Instant now) const;
  [[nodiscard]] Packet acknowledge(
      const ConnectionKey& key,
      const Connection& connection,
      Instant now,
      wire::TcpFlags extra = {}) const;
  [[nodiscard]] Packet reset(const Segment& segment) const;
  [[nodiscard]] static bool limited(Connection& connection, Instant now);
  void set_timer(const ConnectionKey& key, Connection& connection, Instant when);

  HostSettings settings_;
  std::uint64_t seed_;
  Table connections_;
  std::size_t half_open_ = 0;
  Schedule<Due> timers_;
  std::uint64_t generations_ = 0;
  std::uint64_t cookies_sent_ = 0;
  double syn_tokens_ = 0;
  std::optional<Instant> syn_refilled_;
};

/// A TCP segment as a packet with IP ID 0 and DF, as Linux sends SYN|ACKs and resets.
[[nodiscard]] Packet tcp_packet(
    const IpAddress& source,
    const IpAddress& destination,
    std::uint8_t ttl,
    std::uint8_t tos,
    const wire::TcpHeader& header);

}  // namespace synroute::sim
