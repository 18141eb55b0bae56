// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.hpp"
#include "model/hop.hpp"
#include "strategy/classic/classic_path.hpp"
#include "support/engine_run.hpp"
#include "support/reply_packets.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// In a namespace of its own: trace_path has a Path too.
namespace synroute::strategy::classic {

using support::icmp_error;
using support::kRstAck;
using support::kSource;
using support::kSynAck;
using support::kTarget;
using support::router;
using support::segment;
using support::segment_acknowledging;
using support::time_exceeded;

using std::chrono::milliseconds;
using std::chrono::seconds;

using Answer = std::optional<std::pair<Duration, wire::Datagram>>;

/// A path of routers with a round trip of `per_hop` each and a Linux target: it answers one SYN of
/// a connection at a time until an RST undoes that, this host's kernel's or one sent along.
class Path {
 public:
  Duration per_hop = milliseconds{10};
  int distance = 12;
  std::set<int> silent;
  std::map<int, Duration> slow;  ///< TTL → what its router needs to make an error
  enum class Port { Open, Closed, Keyless, Dropped, Challenging, Acknowledging } port = Port::Open;
  std::map<int, std::set<int>> lost;  ///< TTL → which of its probes vanish on the way
  bool resets_pass = true;
  /// What stands in the way of everything else: TTL, which of its probes (from 1).
  std::function<std::optional<wire::Datagram>(int, int, const wire::Datagram&)> script;

  Answer answer(const wire::Datagram& probe, Instant sent) {
    const int ttl = probe.ip.ttl.value();
    const Duration round_trip = per_hop * std::min(ttl, distance);
    if (probe.tcp()->header.flags == wire::TcpFlag::Rst) {
      if (resets_pass) {
        free_at_ = std::min(free_at_, sent + round_trip / 2);
      }
      return std::nullopt;
    }
    const int number = ++seen[ttl];
    last_sent = sent;
    ports.insert(probe.tcp()->header.source_port);
    if (lost[ttl].contains(number)) {
      return std::nullopt;
    }
    if (script) {
      if (auto reply = script(ttl, number, probe)) {
        return std::pair{round_trip, *reply};
      }
    }
    if (ttl < distance) {
      return silent.contains(ttl) ? Answer{}
                                  : std::pair{round_trip + slow[ttl], time_exceeded(ttl, probe)};
    }
    const auto reply = target(probe, sent + round_trip / 2);
    return reply ? Answer{std::pair{round_trip, *reply}} : Answer{};
  }

  std::map<int, int> seen;  ///< probes by TTL
  std::set<synroute::Port> ports;
  Instant last_sent;

 private:
  std::optional<wire::Datagram> target(const wire::Datagram& probe, Instant arrival) {
    switch (port) {
      case Port::Dropped: return std::nullopt;
      case Port::Closed: return segment(probe, kRstAck);
      case Port::Keyless: return segment_acknowledging(0, probe, wire::TcpFlag::Rst);
      case Port::Challenging: return segment_acknowledging(4711, probe, wire::TcpFlag::Ack);
      case Port::Acknowledging: return segment(probe, wire::TcpFlag::Ack);
      case Port::Open: break;
    }
    if (arrival < free_at_) {
      return std::nullopt;
    }
    free_at_ = arrival + per_hop * distance;  // until our kernel's RST is there
    return segment(probe, kSynAck);
  }

  Instant free_at_;
};

struct Outcome {
  model::Trace trace;
  std::vector<int> announced;  ///< in their order
};

inline Outcome run(Path& path, const ClassicOptions& options = {}, int flows = 1) {
  engine::Settings settings;
  settings.head.source.address = kSource;
  settings.head.target.address = kTarget;
  settings.head.target.port = synroute::Port{443};
  settings.head.queries = options.queries;
  settings.head.first_ttl = options.first_ttl;
  settings.head.last_ttl = options.last_ttl;
  for (int flow = 0; flow < flows; ++flow) {
    settings.source_ports.emplace_back(static_cast<std::uint16_t>(40000 + flow));
  }
  settings.shape = engine::bare_syn();
  settings.descending_sequence = true;
  settings.seed = 3;
  settings.proof_ports = support::proof_ports();
  engine::Engine engine{std::move(settings), classic_path(options)};
  Outcome outcome;
  support::run_engine(
      engine,
      [&path](const wire::Datagram& probe, Instant sent) {
        return support::at_most_one(path.answer(probe, sent));
      },
      [&outcome](const model::Event& event) {
        if (const auto* hop = std::get_if<model::HopSettled>(&event.what)) {
          outcome.announced.push_back(hop->ttl.value());
        } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
          outcome.trace = finished->trace;
        }
      });
  return outcome;
}

/// One row in a word per probe: "A" time exceeded, "open", "closed", "!" unreachable, "?" another
/// segment, "*" lost.
[[nodiscard]] inline std::string row(const Outcome& outcome, int ttl, Duration wait = seconds{3}) {
  const auto probes = model::row(
      outcome.trace.probes,
      ttl_of(ttl),
      outcome.trace.verdict.distance == ttl_of(ttl),
      outcome.trace.queries);
  std::string text;
  for (const model::ProbeRecord* record : probes) {
    const model::Reply* reply = record->reply();
    text += text.empty() ? "" : " ";
    text += reply == nullptr || reply->rtt > wait           ? "*"
            : reply->kind == model::ReplyKind::TimeExceeded ? "A"
            : reply->kind == model::ReplyKind::SynAck       ? "open"
            : reply->kind == model::ReplyKind::Rst          ? "closed"
            : reply->kind == model::ReplyKind::Ack          ? "?"
                                                            : "!";
  }
  return text;
}

}  // namespace synroute::strategy::classic
