// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.hpp"
#include "model/hop.hpp"
#include "strategy/path/trace_path.hpp"
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

namespace synroute::strategy {

using support::icmp_error;
using support::kRstAck;
using support::kSource;
using support::kSynAck;
using support::kTarget;
using support::router;
using support::segment;
using support::segment_acknowledging;
using support::time_exceeded;

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A path of routers with a round trip of `per_hop` each and a target that answers one SYN of a
/// connection at a time, as Linux does until the RST of this host's kernel arrives.
class Path {
 public:
  Duration per_hop = milliseconds{5};
  Duration base{};  ///< of every round trip: a satellite link before the first router
  std::set<int> silent;
  std::map<int, Duration> slow;  ///< TTL → what its router needs to make an error
  /// The host is down, and the last router reports it this long after the first packet to it.
  std::optional<Duration> down_after;
  int distance = 12;
  enum class Port { Open, Closed, Dropped } port = Port::Open;
  int dropped_after = 0;  ///< TTLs beyond this vanish (0: none do)
  bool keyless_resets = false;
  bool flow_per_probe = false;        ///< as by connect(): every probe is a new connection
  support::Host host = {};            ///< refuses probes; empty: none
  bool resets_on_arrival = false;     ///< RST to a probe whose TTL is used up on arrival, else open
  std::map<int, std::set<int>> lost;  ///< TTL → attempts that vanish on the way
  std::function<std::optional<wire::Datagram>(const wire::Datagram&)> intercept;

  /// The answer to a probe that arrives where it arrives, and the round trip it takes.
  std::optional<std::pair<Duration, wire::Datagram>> answer(
      const wire::Datagram& probe, Instant sent) {
    const int ttl = probe.ip.ttl.value();
    if (lost[ttl].contains(++seen_[ttl])) {
      return std::nullopt;
    }
    if (intercept) {
      if (auto own = intercept(probe)) {
        return std::pair{base + per_hop * std::min(ttl, distance), *own};
      }
    }
    if (ttl < distance) {
      const bool is_silent = silent.contains(ttl);
      return is_silent ? std::nullopt
                       : std::optional{std::pair{
                             base + per_hop * ttl + slow[ttl], time_exceeded(ttl, probe)}};
    }
    if (down_after) {
      return report_host_down(probe, sent);
    }
    if (dropped_after != 0 && dropped_after < ttl) {
      return std::nullopt;
    }
    ++syns_at_target;
    auto reply = target(probe, sent + (base + per_hop * distance) / 2);
    if (reply) {  // the routers on the way back are as many as there
      reply->ip.ttl = reply_ttl.value_or(ttl_of(64 - (distance - 1)));
    }
    return reply ? std::optional{std::pair{base + per_hop * distance, *reply}} : std::nullopt;
  }

  std::optional<Ttl> reply_ttl;  ///< of the target's answers; as they come over the same routers

  /// A middlebox behind hop `after` that resets connections, in copies, and forwards the probe.
  struct Forger {
    int after = 0;
    int copies = 1;
    Ttl reply_ttl{60};
    Duration delay{};  ///< beyond the round trip to it
  };
  std::optional<Forger> forger;

  support::Answers answers(const wire::Datagram& probe, Instant sent) {
    support::Answers all = support::at_most_one(answer(probe, sent));
    if (forger && probe.ip.ttl.value() > forger->after) {
      wire::Datagram reset = segment(probe, kRstAck);
      reset.ip.ttl = forger->reply_ttl;
      const Duration comes = per_hop * forger->after + forger->delay;
      all.insert(all.end(), static_cast<std::size_t>(forger->copies), {comes, reset});
    }
    return all;
  }

  int syns_at_target = 0;

 private:
  std::optional<wire::Datagram> target(const wire::Datagram& probe, Instant arrival) {
    const bool on_arrival = resets_on_arrival && probe.ip.ttl.value() == distance;
    if (port == Port::Dropped) {
      return std::nullopt;
    }
    if (port == Port::Closed || on_arrival) {
      return keyless_resets ? segment_acknowledging(0, probe, wire::TcpFlag::Rst)
                            : segment(probe, kRstAck);
    }
    Instant& busy_until = pending_[probe.tcp()->header.source_port];
    if (arrival < busy_until && !flow_per_probe) {
      return std::nullopt;
    }
    busy_until = arrival + base + per_hop * distance;  // until our kernel's RST is there
    return segment(probe, kSynAck);
  }

  /// All probes that wait for the neighbour are reported at once, the oldest six of them.
  std::optional<std::pair<Duration, wire::Datagram>> report_host_down(
      const wire::Datagram& probe, Instant sent) {
    const Duration there_and_back = per_hop * (distance - 1);
    first_to_host_ = first_to_host_.value_or(sent);
    const Instant reported = *first_to_host_ + *down_after;
    if (sent > reported || ++reports_ > 6) {
      return std::nullopt;
    }
    return std::pair{
        reported - sent + there_and_back, icmp_error(router(distance - 1), 3, 1, probe)};
  }

  std::map<int, int> seen_;
  std::map<synroute::Port, Instant> pending_;
  std::optional<Instant> first_to_host_;
  int reports_ = 0;
};

struct Outcome {
  model::Trace trace;
  std::vector<int> announced;  ///< ascending
  Duration first_row{};
  std::optional<model::Verdict> provisional;
  Duration provisional_at{};
  int packets = 0;
};

/// Runs a trace over a path in virtual time.
inline Outcome run(
    Path& path,
    TraceOptions options = {},
    std::vector<synroute::Port> ports = {},
    wire::TcpFlags flags = wire::TcpFlag::Syn) {
  engine::Settings settings;
  settings.head.source.address = kSource;
  settings.head.target.address = kTarget;
  settings.head.target.port = Port{443};
  settings.head.queries = options.queries;
  settings.head.first_ttl = options.first_ttl;
  settings.head.last_ttl = options.last_ttl;
  settings.one_probe_per_flow = path.flow_per_probe;
  if (ports.empty() && !path.flow_per_probe) {
    for (std::uint16_t i = 0; i < options.queries + 8; ++i) {
      ports.emplace_back(static_cast<std::uint16_t>(40000 + i));
    }
  }
  settings.source_ports = ports;
  settings.shape = engine::system_syn(Family::V4);
  settings.shape.flags = flags;
  settings.seed = 3;
  settings.proof_ports = support::proof_ports();
  engine::Engine engine{
      std::move(settings), trace_path(options, ports.empty() ? 0 : ports.size() - 1)};
  Outcome outcome;
  const auto observe = [&outcome](const model::Event& event) {
    if (const auto* hop = std::get_if<model::HopSettled>(&event.what)) {
      outcome.first_row = outcome.announced.empty() ? event.at.since_start() : outcome.first_row;
      outcome.announced.push_back(hop->ttl.value());
    } else if (const auto* so_far = std::get_if<model::ProvisionalVerdict>(&event.what)) {
      outcome.provisional = so_far->verdict;
      outcome.provisional_at = event.at.since_start();
    } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
      outcome.trace = finished->trace;
    }
  };
  outcome.packets = support::run_engine(
      engine,
      [&path](const wire::Datagram& probe, Instant sent) { return path.answers(probe, sent); },
      observe,
      {},
      path.flow_per_probe,
      path.host);
  std::ranges::sort(outcome.announced);
  return outcome;
}

/// "TTL: result result …" of one row, times left out.
[[nodiscard]] inline std::string shape(const model::Trace& trace, int ttl) {
  for (const model::Hop& hop : model::hops(trace)) {
    if (hop.ttl.value() != ttl) {
      continue;
    }
    std::string text;
    for (const model::ProbeRecord* record : hop.probes) {
      text += record->reply() != nullptr ? std::string{model::name(record->reply()->kind)} : "lost";
      text += ' ';
    }
    return text;
  }
  return "no row";
}

[[nodiscard]] inline std::vector<int> one_to(int last) {
  std::vector<int> all(static_cast<std::size_t>(last));
  for (int i = 0; i < last; ++i) {
    all[static_cast<std::size_t>(i)] = i + 1;
  }
  return all;
}

}  // namespace synroute::strategy
