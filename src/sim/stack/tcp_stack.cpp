// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/tcp_stack.hpp"

#include "wire/tcp.hpp"

#include <algorithm>

namespace synroute::sim {

namespace {

constexpr Duration kInvalidRateLimit = 500ms;  // net.ipv4.tcp_invalid_ratelimit
constexpr int kSynAckRetries = 5;              // net.ipv4.tcp_synack_retries
constexpr Duration kFirstTimeout = 1s;         // TCP_TIMEOUT_INIT
constexpr Duration kIdleLimit = 120s;          // ours: bounds the tables
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

void TcpStack::handle(const Packet& segment, Instant now, Answers& answers) {
  const auto read = wire::read_tcp_header(segment.transport());
  if (!read || !read->complete) {
    return;
  }
  const ReceivedSegment in{
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
    if (known->second.state == ConnectionState::SynReceived) {
      handle_request(known, in, now, answers);
    } else {
      handle_connection(known, in, now, answers);
    }
    return;
  }
  const bool last_ttl = settings().resets_last_ttl && in.ttl <= 1;
  if (settings().open.contains(in.key.local_port) && !last_ttl) {
    handle_listening(in, now, answers);
  } else if (!in.has(wire::TcpFlag::Rst)) {
    answers.push_back(writer_.reset(in));
  }
}

void TcpStack::handle_listening(const ReceivedSegment& segment, Instant now, Answers& answers) {
  if (segment.has(wire::TcpFlag::Rst)) {
    return;
  }
  if (segment.has(wire::TcpFlag::Ack)) {
    const std::uint32_t peer_isn = segment.header.sequence - 1;
    const bool by_cookie =
        settings().cookies && cookies_sent_ > 0
        && segment.header.acknowledgement - 1 == writer_.cookie(segment.key, peer_isn);
    if (!by_cookie || segment.has(wire::TcpFlag::Syn) || connections_.size() >= kConnectionLimit) {
      answers.push_back(writer_.reset(segment));
      return;
    }
    Connection fresh = writer_.agree(segment, writer_.cookie(segment.key, peer_isn), true);
    fresh.peer_isn = peer_isn;
    fresh.receive_next = segment.header.sequence;
    establish(connections_.emplace(segment.key, fresh).first->second, segment.key, now);
    return;
  }
  // Only a SYN without FIN opens a connection; other segments are ignored.
  if (segment.has(wire::TcpFlag::Syn) && !segment.has(wire::TcpFlag::Fin)) {
    handle_new_syn(segment, now, answers);
  }
}

void TcpStack::handle_new_syn(const ReceivedSegment& segment, Instant now, Answers& answers) {
  if ((settings().drops_bare_syn && segment.header.options.empty()) || !syn_allowed(now)) {
    return;
  }
  // The queue is full at backlog + 1: listen(64) was measured to hold 65.
  if (half_open_ > settings().backlog || connections_.size() >= kConnectionLimit) {
    if (settings().cookies) {
      ++cookies_sent_;
      const std::uint32_t isn = writer_.cookie(segment.key, segment.header.sequence);
      answers.push_back(writer_.syn_ack(segment.key, writer_.agree(segment, isn, true), now));
    }
    return;
  }
  auto& connection =
      connections_
          .emplace(segment.key, writer_.agree(segment, writer_.fresh_isn(segment.key, now), false))
          .first->second;
  ++half_open_;
  set_timer(segment.key, connection, now + kFirstTimeout);
  answers.push_back(writer_.syn_ack(segment.key, connection, now));
}

/// tcp_check_req(): a segment for a connection that was answered with SYN|ACK and not completed.
void TcpStack::handle_request(
    Table::iterator at, const ReceivedSegment& segment, Instant now, Answers& answers) {
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
      answers.push_back(writer_.syn_ack(at->first, request, now));
    }
    return;
  }
  if (ack && segment.header.acknowledgement != request.own_isn + 1) {
    if (!rst) {
      answers.push_back(writer_.reset(segment));
    }
    return;
  }
  const std::uint32_t window_end =
      request.receive_next + writer_.window(at->first.local.family(), request);
  if (too_old || !in_window(sequence, segment.end(), request.receive_next, window_end)) {
    if (!rst && !limited(request, now)) {
      answers.push_back(writer_.acknowledge(at->first, request, now));
    }
    return;
  }
  if (rst && sequence != request.receive_next) {
    if (!limited(request, now)) {
      answers.push_back(writer_.acknowledge(at->first, request, now));  // RFC 5961 §3.2
    }
    return;
  }
  if (rst || (syn && sequence != request.peer_isn)) {
    if (!rst) {
      answers.push_back(writer_.reset(segment));
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
    Table::iterator at, const ReceivedSegment& segment, Instant now, Answers& answers) {
  Connection& connection = at->second;
  const std::uint32_t window_end =
      connection.receive_next + writer_.window(at->first.local.family(), connection);
  const bool acceptable =
      in_window(segment.header.sequence, segment.end(), connection.receive_next, window_end);
  if (segment.has(wire::TcpFlag::Rst)) {
    if (segment.header.sequence == connection.receive_next) {
      forget(at);
    } else if (acceptable && !limited(connection, now)) {
      answers.push_back(writer_.acknowledge(at->first, connection, now));  // RFC 5961 §3.2
    }
    return;
  }
  if (segment.has(wire::TcpFlag::Syn) || !acceptable) {
    if (!limited(connection, now)) {
      answers.push_back(writer_.acknowledge(at->first, connection, now));  // RFC 5961 §4.2
    }
    return;
  }
  if (segment.has(wire::TcpFlag::Ack)) {
    accept_data(at, segment, answers, now);
  }
}

void TcpStack::accept_data(
    Table::iterator at, const ReceivedSegment& segment, Answers& answers, Instant now) {
  Connection& connection = at->second;
  if (connection.state == ConnectionState::LastAck) {
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
    answers.push_back(writer_.acknowledge(at->first, connection, now, wire::TcpFlag::Fin));
    ++connection.send_next;
    connection.state = ConnectionState::LastAck;
    return;
  }
  answers.push_back(writer_.acknowledge(at->first, connection, now));
}

void TcpStack::establish(Connection& connection, const ConnectionKey& key, Instant now) {
  connection.state = ConnectionState::Established;
  connection.last_limited.reset();
  set_timer(key, connection, now + kIdleLimit);
}

void TcpStack::forget(Table::iterator at) {
  half_open_ -= at->second.state == ConnectionState::SynReceived ? 1U : 0U;
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
    if (connection.state != ConnectionState::SynReceived || connection.repeats == kSynAckRetries) {
      forget(at);
      continue;
    }
    ++connection.repeats;
    answers.push_back(writer_.syn_ack(due.key, connection, now));
    set_timer(due.key, connection, now + kFirstTimeout * (1 << connection.repeats));
  }
}

bool TcpStack::syn_allowed(Instant now) {
  if (settings().syn_rate <= 0) {
    return true;
  }
  const double most = std::max(1.0, settings().syn_rate);
  const double seconds =
      syn_refilled_ ? static_cast<double>((now - *syn_refilled_).count()) / 1e9 : 0;
  syn_tokens_ =
      syn_refilled_ ? std::min(most, syn_tokens_ + (seconds * settings().syn_rate)) : most;
  syn_refilled_ = now;
  if (syn_tokens_ < 1) {
    return false;
  }
  syn_tokens_ -= 1;
  return true;
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
