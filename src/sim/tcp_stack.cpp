// SPDX-License-Identifier: Apache-2.0
#include "sim/tcp_stack.hpp"

#include "base/random.hpp"
#include "wire/tcp.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <utility>

namespace synroute::sim {

namespace {

constexpr Duration kInvalidRateLimit = 500ms;  // net.ipv4.tcp_invalid_ratelimit
constexpr int kSynAckRetries = 5;              // net.ipv4.tcp_synack_retries
constexpr Duration kFirstTimeout = 1s;         // TCP_TIMEOUT_INIT
constexpr Duration kIdleLimit = 120s;  // ours: how long an idle connection is kept, so tables end
constexpr std::size_t kConnectionLimit = 65536;

/// Serial number arithmetic of RFC 9293 §3.4.
bool before(std::uint32_t left, std::uint32_t right) {
  return static_cast<std::int32_t>(left - right) < 0;
}

bool in_window(
    std::uint32_t first, std::uint32_t end, std::uint32_t window_first, std::uint32_t window_end) {
  if (first == window_first) {
    return true;
  }
  if (before(window_first, end) && before(first, window_end)) {
    return true;
  }
  return first == window_end && first == end;
}

}  // namespace

/// A received segment with what the stack asks of it.
struct TcpStack::Segment {
  ConnectionKey key;
  wire::TcpHeader header;
  std::size_t payload = 0;
  std::uint8_t ttl = 0;
  std::uint8_t tos = 0;

  [[nodiscard]] bool has(wire::TcpFlag flag) const { return header.flags.has(flag); }
  /// SEG.LEN: SYN and FIN count one each.
  [[nodiscard]] std::uint32_t length() const {
    return static_cast<std::uint32_t>(payload) + (has(wire::TcpFlag::Syn) ? 1U : 0U)
           + (has(wire::TcpFlag::Fin) ? 1U : 0U);
  }
  [[nodiscard]] std::uint32_t end() const { return header.sequence + length(); }
};

std::uint64_t ConnectionKey::hash() const {
  const std::hash<IpAddress> of;
  const std::uint64_t ports = static_cast<std::uint64_t>(remote_port) << 16 | local_port;
  return mix(mix(of(remote)) ^ (of(local) + ports));
}

Packet tcp_packet(
    const IpAddress& source,
    const IpAddress& destination,
    std::uint8_t ttl,
    std::uint8_t tos,
    const wire::TcpHeader& header) {
  wire::Datagram datagram;
  datagram.ip.source = source;
  datagram.ip.destination = destination;
  datagram.ip.ttl = Ttl{ttl};
  datagram.ip.tos = tos;
  datagram.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Tcp);
  datagram.ip.dont_fragment = source.family() == Family::V4;
  datagram.body = wire::TcpSegment{.header = header, .payload = {}};
  auto packet = Packet::adopt(wire::bytes(datagram));
  assert(packet);
  return std::move(*packet);
}

void TcpStack::handle(const Packet& segment, Instant now, Answers& answers) {
  const auto read = wire::read_tcp_header(segment.transport());
  if (!read || !read->complete) {
    return;
  }
  const Segment in{
      .key =
          {segment.source(),
           segment.destination(),
           segment.source_port(),
           segment.destination_port()},
      .header = read->header,
      .payload = segment.transport().size() - read->size,
      .ttl = segment.ttl(),
      .tos = segment.tos()};
  if (const auto known = connections_.find(in.key); known != connections_.end()) {
    if (known->second.state == State::SynReceived) {
      handle_request(known, in, now, answers);
    } else {
      handle_connection(known, in, now, answers);
    }
    return;
  }
  const bool last_ttl = settings_.resets_last_ttl && in.ttl <= 1;
  if (settings_.open.contains(in.key.local_port) && !last_ttl) {
    handle_listening(in, now, answers);
  } else if (!in.has(wire::TcpFlag::Rst)) {
    answers.push_back(reset(in));
  }
}

void TcpStack::handle_listening(const Segment& segment, Instant now, Answers& answers) {
  if (segment.has(wire::TcpFlag::Rst)) {
    return;
  }
  if (segment.has(wire::TcpFlag::Ack)) {
    const std::uint32_t peer_isn = segment.header.sequence - 1;
    const bool by_cookie = settings_.cookies && cookies_sent_ > 0
                           && segment.header.acknowledgement - 1 == cookie(segment.key, peer_isn);
    if (!by_cookie || segment.has(wire::TcpFlag::Syn) || connections_.size() >= kConnectionLimit) {
      answers.push_back(reset(segment));
      return;
    }
    Connection fresh = agree(segment, cookie(segment.key, peer_isn), true);
    fresh.peer_isn = peer_isn;
    fresh.receive_next = segment.header.sequence;
    establish(connections_.emplace(segment.key, fresh).first->second, segment.key, now);
    return;
  }
  // A SYN alone opens; with FIN it does not, and without SYN there is nothing to say.
  if (segment.has(wire::TcpFlag::Syn) && !segment.has(wire::TcpFlag::Fin)) {
    handle_new_syn(segment, now, answers);
  }
}

void TcpStack::handle_new_syn(const Segment& segment, Instant now, Answers& answers) {
  if ((settings_.drops_bare_syn && segment.header.options.empty()) || !syn_allowed(now)) {
    return;
  }
  // The queue is full at backlog + 1: listen(64) was measured to hold 65.
  if (half_open_ > settings_.backlog || connections_.size() >= kConnectionLimit) {
    if (settings_.cookies) {
      ++cookies_sent_;
      const std::uint32_t isn = cookie(segment.key, segment.header.sequence);
      answers.push_back(syn_ack(segment.key, agree(segment, isn, true), now));
    }
    return;
  }
  auto& connection =
      connections_.emplace(segment.key, agree(segment, fresh_isn(segment.key, now), false))
          .first->second;
  ++half_open_;
  set_timer(segment.key, connection, now + kFirstTimeout);
  answers.push_back(syn_ack(segment.key, connection, now));
}

/// tcp_check_req(): a segment for a connection that was answered with SYN|ACK and not completed.
void TcpStack::handle_request(
    Table::iterator at, const Segment& segment, Instant now, Answers& answers) {
  Connection& request = at->second;
  const bool syn = segment.has(wire::TcpFlag::Syn);
  const bool ack = segment.has(wire::TcpFlag::Ack);
  const bool rst = segment.has(wire::TcpFlag::Rst);
  const std::uint32_t sequence = segment.header.sequence;

  const auto stamps = segment.header.options.timestamps();
  const bool too_old = request.peer_stamp && stamps && !rst
                       && before(stamps->value, *request.peer_stamp);  // PAWS, RFC 7323 §5

  if (sequence == request.peer_isn && syn && !ack && !rst && !segment.has(wire::TcpFlag::Fin)
      && !too_old) {
    if (!limited(request, now)) {
      answers.push_back(syn_ack(at->first, request, now));
    }
    return;
  }
  if (ack && segment.header.acknowledgement != request.own_isn + 1) {
    if (!rst) {
      answers.push_back(reset(segment));
    }
    return;
  }
  const std::uint32_t window_end = request.receive_next + window(at->first.local.family(), request);
  if (too_old || !in_window(sequence, segment.end(), request.receive_next, window_end)) {
    if (!rst && !limited(request, now)) {
      answers.push_back(acknowledge(at->first, request, now));
    }
    return;
  }
  if (rst && sequence != request.receive_next) {
    if (!limited(request, now)) {
      answers.push_back(acknowledge(at->first, request, now));  // RFC 5961 §3.2
    }
    return;
  }
  if (rst || (syn && sequence != request.peer_isn)) {
    if (!rst) {
      answers.push_back(reset(segment));
    }
    forget(at);
    return;
  }
  if (ack) {
    --half_open_;
    establish(request, at->first, now);
    handle_connection(at, segment, now, answers);
  }
}

void TcpStack::handle_connection(
    Table::iterator at, const Segment& segment, Instant now, Answers& answers) {
  Connection& connection = at->second;
  const std::uint32_t window_end =
      connection.receive_next + window(at->first.local.family(), connection);
  const bool acceptable =
      in_window(segment.header.sequence, segment.end(), connection.receive_next, window_end);
  if (segment.has(wire::TcpFlag::Rst)) {
    if (segment.header.sequence == connection.receive_next) {
      forget(at);
    } else if (acceptable && !limited(connection, now)) {
      answers.push_back(acknowledge(at->first, connection, now));  // RFC 5961 §3.2
    }
    return;
  }
  if (segment.has(wire::TcpFlag::Syn) || !acceptable) {
    if (!limited(connection, now)) {
      answers.push_back(acknowledge(at->first, connection, now));  // RFC 5961 §4.2
    }
    return;
  }
  if (segment.has(wire::TcpFlag::Ack)) {
    accept_data(at, segment, answers, now);
  }
}

void TcpStack::accept_data(
    Table::iterator at, const Segment& segment, Answers& answers, Instant now) {
  Connection& connection = at->second;
  if (connection.state == State::LastAck) {
    if (segment.header.acknowledgement == connection.send_next) {
      forget(at);
    }
    return;
  }
  const bool in_order = segment.header.sequence == connection.receive_next;
  if (segment.length() == 0) {
    return;
  }
  if (in_order) {
    connection.receive_next = segment.end();
  }
  if (in_order && segment.has(wire::TcpFlag::Fin)) {
    answers.push_back(acknowledge(at->first, connection, now, wire::TcpFlag::Fin));
    ++connection.send_next;
    connection.state = State::LastAck;
    return;
  }
  answers.push_back(acknowledge(at->first, connection, now));
}

void TcpStack::establish(Connection& connection, const ConnectionKey& key, Instant now) {
  connection.state = State::Established;
  connection.last_limited.reset();
  set_timer(key, connection, now + kIdleLimit);
}

void TcpStack::forget(Table::iterator at) {
  half_open_ -= at->second.state == State::SynReceived ? 1U : 0U;
  connections_.erase(at);
}

void TcpStack::advance(Instant now, Answers& answers) {
  while (timers_.next() && *timers_.next() <= now) {
    const Due due = timers_.take();
    const auto at = connections_.find(due.key);
    if (at == connections_.end() || at->second.generation != due.generation) {
      continue;
    }
    Connection& connection = at->second;
    if (connection.state != State::SynReceived || connection.repeats == kSynAckRetries) {
      forget(at);
      continue;
    }
    ++connection.repeats;
    answers.push_back(syn_ack(due.key, connection, now));
    set_timer(due.key, connection, now + kFirstTimeout * (1 << connection.repeats));
  }
}

bool TcpStack::syn_allowed(Instant now) {
  if (settings_.syn_rate <= 0) {
    return true;
  }
  const double most = std::max(1.0, settings_.syn_rate);
  const double seconds =
      syn_refilled_ ? static_cast<double>((now - *syn_refilled_).count()) / 1e9 : 0;
  syn_tokens_ = syn_refilled_ ? std::min(most, syn_tokens_ + (seconds * settings_.syn_rate)) : most;
  syn_refilled_ = now;
  if (syn_tokens_ < 1) {
    return false;
  }
  syn_tokens_ -= 1;
  return true;
}

TcpStack::Connection TcpStack::agree(const Segment& segment, std::uint32_t isn, bool cookie) const {
  const wire::TcpOptions& options = segment.header.options;
  Connection fresh;
  fresh.own_isn = isn;
  fresh.peer_isn = segment.header.sequence;
  fresh.receive_next = segment.header.sequence + 1;
  fresh.send_next = isn + 1;
  if (const auto stamps = options.timestamps(); stamps && settings_.timestamps) {
    fresh.peer_stamp = stamps->value;
  }
  // A cookie remembers SACK and window scale in the timestamp, so without one they are not offered.
  const bool room = !cookie || fresh.peer_stamp;
  fresh.sack = room && options.has_sack_permitted() && settings_.sack;
  fresh.scaled = room && options.window_scale().has_value() && settings_.window_scale.has_value();
  // tcp_ecn_create_request(): ECN on the SYN itself forbids it, except for AccECN's third bit.
  const bool not_ect = (segment.tos & 3) == 0;
  fresh.ecn = settings_.ecn && segment.has(wire::TcpFlag::Ece) && segment.has(wire::TcpFlag::Cwr)
              && (not_ect || segment.has(wire::TcpFlag::Ae));
  return fresh;
}

std::uint32_t TcpStack::fresh_isn(const ConnectionKey& key, Instant now) const {
  const auto clock = static_cast<std::uint64_t>(now.since_start().count()) >> 6;  // RFC 6528: M
  return static_cast<std::uint32_t>(mix(seed_ ^ key.hash()) + clock);
}

std::uint32_t TcpStack::cookie(const ConnectionKey& key, std::uint32_t peer_isn) const {
  return static_cast<std::uint32_t>(mix(mix(seed_ + 1) ^ key.hash()) + mix(seed_ + peer_isn));
}

std::uint32_t TcpStack::stamp(const ConnectionKey& key, Instant now) const {
  const std::hash<IpAddress> of;
  const std::uint64_t offset = mix(seed_ ^ of(key.remote) ^ mix(of(key.local)));
  const auto clock = static_cast<std::uint64_t>(now.since_start() / 1ms);
  return static_cast<std::uint32_t>(offset + clock);
}

std::uint16_t TcpStack::own_mss(Family family) const {
  const auto usual = static_cast<std::uint16_t>(family == Family::V4 ? 1460 : 1440);
  return settings_.mss != 0 ? settings_.mss : usual;
}

/// tcp_select_initial_window(): what 64 KiB of buffer hold in whole segments, timestamps counted.
std::uint16_t TcpStack::window(Family family, const Connection& connection) const {
  if (settings_.window != 0) {
    return settings_.window;
  }
  const int segment = std::max(own_mss(family) - (connection.peer_stamp ? 12 : 0), 1);
  return static_cast<std::uint16_t>(65535 / segment * segment);
}

Packet TcpStack::syn_ack(
    const ConnectionKey& key, const Connection& connection, Instant now) const {
  wire::TcpHeader header;
  header.source_port = Port{key.local_port};
  header.destination_port = Port{key.remote_port};
  header.sequence = connection.own_isn;
  header.acknowledgement = connection.receive_next;
  header.flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
  if (connection.ecn) {
    header.flags = header.flags | wire::TcpFlag::Ece;
  }
  header.window = window(key.local.family(), connection);
  header.options.maximum_segment_size(own_mss(key.local.family()));
  // tcp_synack_options() and tcp_options_write(): SACK fills the two bytes before the timestamps.
  if (connection.peer_stamp) {
    if (connection.sack) {
      header.options.sack_permitted();
    } else {
      header.options.no_operation().no_operation();
    }
    header.options.timestamps({.value = stamp(key, now), .echo = *connection.peer_stamp});
  } else if (connection.sack) {
    header.options.no_operation().no_operation().sack_permitted();
  }
  if (connection.scaled) {
    header.options.no_operation().window_scale(*settings_.window_scale);
  }
  return tcp_packet(key.local, key.remote, settings_.initial_ttl, 0, header);
}

Packet TcpStack::acknowledge(
    const ConnectionKey& key,
    const Connection& connection,
    Instant now,
    wire::TcpFlags extra) const {
  wire::TcpHeader header;
  header.source_port = Port{key.local_port};
  header.destination_port = Port{key.remote_port};
  header.sequence = connection.send_next;
  header.acknowledgement = connection.receive_next;
  header.flags = extra | wire::TcpFlag::Ack;
  const std::uint16_t whole = window(key.local.family(), connection);
  header.window =
      connection.scaled ? static_cast<std::uint16_t>(whole >> *settings_.window_scale) : whole;
  if (connection.peer_stamp) {
    header.options.no_operation().no_operation().timestamps(
        {.value = stamp(key, now), .echo = *connection.peer_stamp});
  }
  return tcp_packet(key.local, key.remote, settings_.initial_ttl, 0, header);
}

/// RFC 9293 §3.10.7.1, with the host's own way of doing it. Linux copies the DSCP of the segment.
Packet TcpStack::reset(const Segment& segment) const {
  wire::TcpHeader header;
  header.source_port = Port{segment.key.local_port};
  header.destination_port = Port{segment.key.remote_port};
  if (segment.has(wire::TcpFlag::Ack)) {
    header.flags = wire::TcpFlag::Rst;
    header.sequence = segment.header.acknowledgement;
  } else if (settings_.reset == ResetStyle::NoAck) {
    header.flags = wire::TcpFlag::Rst;
  } else {
    header.flags = wire::TcpFlag::Rst | wire::TcpFlag::Ack;
    header.acknowledgement =
        settings_.reset == ResetStyle::AckSame ? segment.header.sequence : segment.end();
  }
  const auto dscp = static_cast<std::uint8_t>(segment.tos & 0xfcU);
  return tcp_packet(segment.key.local, segment.key.remote, settings_.initial_ttl, dscp, header);
}

bool TcpStack::limited(Connection& connection, Instant now) {
  if (connection.last_limited && now - *connection.last_limited < kInvalidRateLimit) {
    return true;
  }
  connection.last_limited = now;
  return false;
}

void TcpStack::set_timer(const ConnectionKey& key, Connection& connection, Instant when) {
  connection.generation = ++generations_;
  timers_.at(when, {key, connection.generation});
}

}  // namespace synroute::sim
