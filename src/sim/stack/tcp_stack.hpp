// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "sim/settings.hpp"
#include "sim/stack/packet.hpp"
#include "sim/stack/schedule.hpp"
#include "sim/stack/tcp_connection.hpp"
#include "sim/stack/tcp_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace synroute::sim {

/// A server's TCP as Linux does it (tcp_minisocks.c: tcp_check_req): one request per 4-tuple,
/// SYN|ACK repeated after 1, 3, 7, 15 and 31 s, sibling SYNs answered with RST|ACK inside the
/// window and with challenge ACKs outside it. Independent of World: segments and time are passed
/// in, answers returned.
class TcpStack {
 public:
  TcpStack(HostSettings settings, std::uint64_t seed) : writer_{std::move(settings), seed} {}

  /// Handles a segment with a good checksum for this host. Appends the immediate answers.
  void handle(const Packet& segment, Instant now, std::vector<Packet>& answers);
  /// When advance() must be called; may be early.
  [[nodiscard]] std::optional<Instant> deadline() const { return timers_.next(); }
  void advance(Instant now, std::vector<Packet>& answers);

  [[nodiscard]] std::size_t half_open() const { return half_open_; }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  /// SYN|ACKs sent without keeping state.
  [[nodiscard]] std::uint64_t cookies_sent() const { return cookies_sent_; }

 private:
  struct Due {
    ConnectionKey key;
    std::uint64_t generation = 0;
  };
  using Table = std::unordered_map<ConnectionKey, Connection, ConnectionKeyHash>;
  using Answers = std::vector<Packet>;

  void handle_listening(const ReceivedSegment& segment, Instant now, Answers& answers);
  void handle_new_syn(const ReceivedSegment& segment, Instant now, Answers& answers);
  void handle_request(
      Table::iterator at, const ReceivedSegment& segment, Instant now, Answers& answers);
  void handle_connection(
      Table::iterator at, const ReceivedSegment& segment, Instant now, Answers& answers);
  void accept_data(
      Table::iterator at, const ReceivedSegment& segment, Answers& answers, Instant now);
  void establish(Connection& connection, const ConnectionKey& key, Instant now);
  void forget(Table::iterator at);

  [[nodiscard]] const HostSettings& settings() const { return writer_.settings(); }
  [[nodiscard]] bool syn_allowed(Instant now);
  [[nodiscard]] static bool limited(Connection& connection, Instant now);
  void set_timer(const ConnectionKey& key, Connection& connection, Instant when);

  TcpWriter writer_;
  Table connections_;
  std::size_t half_open_ = 0;
  Schedule<Due> timers_;
  std::uint64_t generations_ = 0;
  std::uint64_t cookies_sent_ = 0;
  double syn_tokens_ = 0;
  std::optional<Instant> syn_refilled_;
};

}  // namespace synroute::sim
