// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace synroute::support {

/// An answer and its round-trip time.
using Answer = std::pair<Duration, wire::Datagram>;
/// All answers of a network to one packet.
using Answers = std::vector<Answer>;
using Network = std::function<Answers(const wire::Datagram&, Instant)>;
/// Whether, and why, this host refuses to send a packet.
using Host = std::function<std::optional<model::Refusal>(const wire::Datagram&, Instant)>;

[[nodiscard]] inline Answers at_most_one(std::optional<Answer> answer) {
  return answer ? Answers{std::move(*answer)} : Answers{};
}

/// For engine::Settings::proof_ports.
[[nodiscard]] inline std::vector<Port> proof_ports() {
  std::vector<Port> ports;
  for (std::size_t i = 0; i < engine::WeakAnswers::kPorts; ++i) {
    ports.emplace_back(static_cast<std::uint16_t>(50003 + 607 * i));
  }
  return ports;
}

/// Runs an engine against a network in virtual time until it has finished; events go to `observe`.
/// Returns the number of probes sent. `unasked`: packets that arrive without being asked for.
/// `names_probes`: the network says which probe it answers, as a transport that uses connect()
/// does. An engine that has not finished after an hour never does: that is a failure.
inline int run_engine(
    engine::Engine& engine,
    const Network& network,
    const std::function<void(const model::Event&)>& observe,
    const std::multimap<Instant, wire::Datagram>& unasked = {},
    bool names_probes = false,
    const Host& refuses = {}) {
  struct Packet {
    std::optional<ProbeId> probe;
    wire::Datagram datagram;
  };
  std::vector<Packet> batch;
  std::multimap<Instant, Packet> coming;
  for (const auto& [at, datagram] : unasked) {
    coming.emplace(at, Packet{std::nullopt, datagram});
  }
  Instant now;
  int sent = 0;
  const auto drain = [&] {
    while (auto output = engine.poll()) {
      if (auto* probe = std::get_if<engine::SendProbe>(&*output)) {
        batch.push_back({probe->id, std::move(probe->datagram)});
      } else if (auto* packet = std::get_if<engine::SendPacket>(&*output)) {
        batch.push_back({std::nullopt, std::move(packet->datagram)});
      } else if (const auto* event = std::get_if<model::Event>(&*output)) {
        observe(*event);
      }
    }
  };
  const auto send = [&] {
    drain();
    for (std::size_t i = 0; i < batch.size(); ++i) {  // reports may cause more probes
      const Packet packet = batch[i];
      const auto refusal = refuses ? refuses(packet.datagram, now) : std::nullopt;
      if (refusal) {
        if (packet.probe) {
          engine.refused(*packet.probe, *refusal, now);
        }
        drain();
        continue;
      }
      if (packet.probe) {
        ++sent;
        engine.sent(*packet.probe, now);
      }
      for (auto& [delay, answer] : network(packet.datagram, now)) {
        const auto about = names_probes ? packet.probe : std::nullopt;
        coming.emplace(now + delay, Packet{about, std::move(answer)});
      }
      drain();
    }
    batch.clear();
  };
  engine.advance(now);
  send();
  const Instant never = now + std::chrono::hours{1};
  while (!engine.finished()) {
    if (now > never) {
      ADD_FAILURE() << "the engine never finishes";
      return sent;
    }
    const auto deadline = engine.deadline();
    if (!coming.empty() && (!deadline || coming.begin()->first <= *deadline)) {
      const auto first = coming.extract(coming.begin());
      now = std::max(now, first.key());
      engine.handle(first.mapped().datagram, first.key(), first.mapped().probe);
    } else if (deadline) {
      now = std::max(now, *deadline);
      engine.advance(now);
    } else {
      ADD_FAILURE() << "the engine waits for nothing";
      return sent;
    }
    send();
  }
  return sent;
}

/// When the probes with this TTL were sent, ascending.
[[nodiscard]] inline std::vector<Instant> sending_times(const model::Trace& trace, int ttl) {
  std::vector<Instant> times;
  for (const model::ProbeRecord& record : trace.probes) {
    if (record.probe.ttl == ttl_of(ttl)) {
      times.push_back(record.probe.sent);
    }
  }
  std::ranges::sort(times);
  return times;
}

}  // namespace synroute::support
