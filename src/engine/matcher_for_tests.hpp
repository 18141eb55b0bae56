// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

/// Probes that are out, and what may come back for them.
namespace synroute::engine {

inline const IpAddress kSource = IpAddress::v4(0xc0000207);  // 192.0.2.7
inline const IpAddress kTarget = IpAddress::v4(0xcb007150);  // 203.0.113.80
inline const IpAddress kRouter = IpAddress::v4(0xc6336407);  // 198.51.100.7
inline constexpr Port kPort{443};

/// Asks for `count` probes at once on flow 0, TTL 1, 2, …; never concludes.
class Burst final : public Strategy {
 public:
  explicit Burst(int count) : count_{count} {}
  Move next(Instant /*now*/, bool may_send, const Ledger& /*ledger*/) override {
    if (!may_send || asked_ == count_) {
      return {};
    }
    ++asked_;
    return Ask{.flow = FlowId{0}, .ttl = Ttl{static_cast<std::uint8_t>(asked_)}};
  }
  void settled(const model::ProbeRecord& record, const Ledger& /*ledger*/) override {
    answers[record.probe.id] = record;
  }
  Duration patience(const model::ProbeRecord& /*record*/, const Ledger& /*ledger*/) const override {
    return patient ? std::chrono::hours{1} : std::chrono::seconds{1};
  }
  model::Verdict verdict_so_far(const Ledger& /*ledger*/) const override { return {}; }

  /// `more` probes as soon as the engine looks again.
  void ask(int more) { count_ += more; }

  std::map<ProbeId, model::ProbeRecord> answers;  ///< or what was given up
  bool patient = true;

 private:
  int count_;
  int asked_ = 0;
};

/// An engine with `count` probes out, and the packets it sent.
struct Bench {
  explicit Bench(int count, std::uint64_t seed = 1, ProbeShape shape = system_syn(Family::V4)) {
    Settings settings;
    settings.head.source = {.address = kSource, .port = Port{45002}, .interface = {}};
    settings.head.target.address = kTarget;
    settings.head.target.port = kPort;
    settings.source_ports = {Port{45002}};
    settings.shape = std::move(shape);
    settings.seed = seed;
    settings.pacing = Duration{0};
    auto owned = std::make_unique<Burst>(count);
    burst = owned.get();
    engine = std::make_unique<Engine>(std::move(settings), std::move(owned));
    engine->advance(Instant{});
    drain();
    for (std::uint32_t i = 0; i < sent.size(); ++i) {
      engine->sent(ProbeId{i}, Instant{});
      drain();
    }
  }
  void drain() {
    while (auto output = engine->poll()) {
      if (auto* probe = std::get_if<SendProbe>(&*output)) {
        sent.push_back(std::move(probe->datagram));
      }
    }
  }
  /// Probes that leave at `now`.
  void ask(int more, Instant now) {
    burst->ask(more);
    const std::size_t before = sent.size();
    engine->advance(now);
    drain();
    for (std::size_t i = before; i < sent.size(); ++i) {
      engine->sent(ProbeId{static_cast<std::uint32_t>(i)}, now);
      drain();
    }
  }
  Claim deliver(const wire::Datagram& datagram) {
    const Claim claim = engine->handle(datagram, Instant{std::chrono::milliseconds{20}});
    drain();
    return claim;
  }
  /// The one probe answered, which must be the only one.
  [[nodiscard]] std::optional<std::uint32_t> answered() const {
    return burst->answers.size() == 1 ? std::optional{burst->answers.begin()->first.value()}
                                      : std::nullopt;
  }

  Burst* burst = nullptr;
  std::unique_ptr<Engine> engine;
  std::vector<wire::Datagram> sent;
};

[[nodiscard]] inline wire::Datagram time_exceeded(const wire::Quote& quote) {
  wire::Datagram datagram;
  datagram.ip.source = kRouter;
  datagram.ip.destination = kSource;
  datagram.ip.ttl = Ttl{250};
  wire::IcmpMessage message;
  message.type = 11;
  message.quote = quote;
  datagram.body = message;
  return datagram;
}

/// The quote of a whole packet, read by the same code that reads the network.
[[nodiscard]] inline wire::Quote whole_quote(const wire::Datagram& probe) {
  wire::Quote quote;
  const wire::TcpSegment& segment = *probe.tcp();
  quote.source = probe.ip.source;
  quote.destination = probe.ip.destination;
  quote.protocol = probe.ip.protocol;
  quote.ip = wire::QuotedIp{.ttl = Ttl{1}, .tos = probe.ip.tos, .id = probe.ip.id};
  quote.tcp = wire::QuotedTcp{
      .source_port = segment.header.source_port,
      .destination_port = segment.header.destination_port,
      .sequence = segment.header.sequence,
      .header = segment.header};
  quote.transport_bytes = 40;
  return quote;
}

[[nodiscard]] inline wire::Quote short_quote(const wire::Datagram& probe) {
  wire::Quote quote = whole_quote(probe);
  quote.tcp->header.reset();
  quote.transport_bytes = 8;
  return quote;
}

[[nodiscard]] inline wire::Datagram answer(
    const wire::Datagram& probe,
    wire::TcpFlags flags,
    std::uint32_t sequence,
    std::uint32_t acknowledgement) {
  wire::Datagram datagram;
  datagram.ip.source = probe.ip.destination;
  datagram.ip.destination = probe.ip.source;
  datagram.ip.ttl = Ttl{55};
  wire::TcpSegment segment;
  segment.header.source_port = probe.tcp()->header.destination_port;
  segment.header.destination_port = probe.tcp()->header.source_port;
  segment.header.flags = flags;
  segment.header.sequence = sequence;
  segment.header.acknowledgement = acknowledgement;
  datagram.body = segment;
  return datagram;
}

}  // namespace synroute::engine
