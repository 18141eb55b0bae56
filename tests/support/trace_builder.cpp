// SPDX-License-Identifier: Apache-2.0
#include "support/trace_builder.hpp"

#include "model/hop.hpp"

#include <algorithm>
#include <cmath>

namespace synroute::support {
namespace {

using model::ProbeRole;
using model::ReplyKind;

constexpr Duration kPacing = std::chrono::microseconds{100};
constexpr Duration kTimeout = std::chrono::milliseconds{300};
constexpr Duration kNamesKnown = std::chrono::milliseconds{2};
constexpr std::uint8_t kFullTtl = 64;

wire::TcpFlags flags_of(ReplyKind kind) {
  using enum wire::TcpFlag;
  switch (kind) {
    case ReplyKind::SynAck: return Syn | Ack;
    case ReplyKind::Rst: return Rst | Ack;
    case ReplyKind::Ack: return Ack;
    case ReplyKind::TimeExceeded:
    case ReplyKind::Unreachable: break;
  }
  return {};
}

void fill_icmp(model::Reply& reply, const model::Probe& probe) {
  const bool v4 = probe.target.family() == Family::V4;
  const bool exceeded = reply.kind == ReplyKind::TimeExceeded;
  reply.icmp_type = static_cast<std::uint8_t>(exceeded ? (v4 ? 11 : 3) : (v4 ? 3 : 1));
  reply.quote = wire::Quote{};
  reply.quote->ip = wire::QuotedIp{};
  reply.quote->ip->ttl = Ttl{1};
}

}  // namespace

Duration ms(double length) {
  return Duration{std::llround(length * 1e6)};
}

IpAddress address(std::string_view text) {
  return IpAddress::parse(text).value();
}

TraceBuilder::TraceBuilder(std::string_view target, std::string_view name) {
  const bool v4 = address(target).family() == Family::V4;
  trace_.target = {
      .input = name.empty() ? std::string{target} : std::string{name},
      .name = std::string{name},
      .address = address(target),
      .port = Port{443},
      .service = "https",
      .zone = {}};
  trace_.source = {
      .address = address(v4 ? "192.0.2.7" : "2001:db8:7::7"),
      .port = Port{45002},
      .interface = "eth0"};
  trace_.packet_length = v4 ? 60 : 80;
  // 2026-01-02 03:04:05.678 UTC
  trace_.started_at = WallTime{std::chrono::milliseconds{1767323045678}};
}

model::ProbeRecord& TraceBuilder::add(int ttl, ProbeRole role) {
  const auto number = static_cast<std::uint32_t>(trace_.probes.size());
  const auto is_sibling = [&](const model::ProbeRecord& record) {
    const bool same_ttl = role != ProbeRole::Hop || record.probe.ttl.value() == ttl;
    return record.probe.role == role && same_ttl;
  };
  model::Probe probe{
      .id = ProbeId{number},
      .flow = FlowId{role == ProbeRole::Direct ? number : 0},
      .role = role,
      .ttl = Ttl{static_cast<std::uint8_t>(ttl)},
      .attempt = 1 + static_cast<int>(std::ranges::count_if(trace_.probes, is_sibling)),
      .target = trace_.target.address,
      .source_port = trace_.source.port,
      .target_port = trace_.target.port,
      .sequence = 1000 + 100000 * number,
      .ip_id = static_cast<std::uint16_t>(number + 1),
      .timestamp_value = 0,
      .payload_length = 0,
      .has_left = true,
      .has_departed = true,
      .sent = Instant{kPacing * number}};
  if (role == ProbeRole::Direct) {
    probe.source_port = Port{static_cast<std::uint16_t>(50000 + probe.attempt)};
  }
  ++trace_.counters.sent;
  return trace_.probes.emplace_back(
      model::ProbeRecord{.probe = probe, .state = model::Lost{}, .duplicates = 0});
}

model::Reply& TraceBuilder::answer(int ttl, ProbeRole role, ReplyKind kind, double rtt) {
  model::ProbeRecord& record = add(ttl, role);
  model::Reply reply{.kind = kind, .received = record.probe.sent + ms(rtt), .rtt = ms(rtt)};
  reply.from = trace_.target.address;
  reply.ttl = Ttl{static_cast<std::uint8_t>(kFullTtl - std::min<int>(ttl, kFullTtl) + 1)};
  reply.flags = flags_of(kind);
  if (!reply.is_tcp()) {
    fill_icmp(reply, record.probe);
  }
  record.state = model::Answered{.reply = std::move(reply), .late = false};
  ++trace_.counters.received;
  return last_reply();
}

model::Reply& TraceBuilder::last_reply() {
  return std::get<model::Answered>(last().state).reply;
}

TraceBuilder& TraceBuilder::forged_reset(double rtt) {
  model::ProbeRecord& record = last();
  model::Reply reset{
      .kind = ReplyKind::Rst, .received = record.probe.sent + ms(rtt), .rtt = ms(rtt)};
  reset.from = trace_.target.address;
  reset.ttl = Ttl{220};
  reset.flags = flags_of(ReplyKind::Rst);
  record.disproved.push_back(std::move(reset));
  return *this;
}

TraceBuilder& TraceBuilder::late() {
  std::get<model::Answered>(last().state).late = true;
  ++trace_.counters.late;
  return *this;
}

TraceBuilder& TraceBuilder::router(
    int ttl, std::string_view from, std::initializer_list<double> rtts) {
  for (const double rtt : rtts) {
    answer(ttl, ProbeRole::Hop, ReplyKind::TimeExceeded, rtt).from = address(from);
  }
  return *this;
}

TraceBuilder& TraceBuilder::target(int ttl, ReplyKind kind, std::initializer_list<double> rtts) {
  for (const double rtt : rtts) {
    answer(ttl, ProbeRole::Hop, kind, rtt);
  }
  return *this;
}

TraceBuilder& TraceBuilder::direct(ReplyKind kind, std::initializer_list<double> rtts) {
  for (const double rtt : rtts) {
    answer(kFullTtl, ProbeRole::Direct, kind, rtt);
  }
  return *this;
}

TraceBuilder& TraceBuilder::unreachable(
    int ttl, std::string_view from, int code, std::initializer_list<double> rtts) {
  for (const double rtt : rtts) {
    model::Reply& reply = answer(ttl, ProbeRole::Hop, ReplyKind::Unreachable, rtt);
    reply.from = address(from);
    reply.icmp_code = static_cast<std::uint8_t>(code);
  }
  return *this;
}

TraceBuilder& TraceBuilder::silent(int ttl, int count) {
  for (int i = 0; i < count; ++i) {
    add(ttl, ProbeRole::Hop);
  }
  return *this;
}

TraceBuilder& TraceBuilder::waiting(int ttl, int count) {
  for (int i = 0; i < count; ++i) {
    add(ttl, ProbeRole::Hop).state = model::Waiting{};
  }
  return *this;
}

TraceBuilder& TraceBuilder::refused(int ttl, model::Refusal why, int count) {
  for (int i = 0; i < count; ++i) {
    add(ttl, ProbeRole::Hop).state = model::Refused{.why = why};
    --trace_.counters.sent;
    ++trace_.counters.refused;
  }
  return *this;
}

TraceBuilder& TraceBuilder::named(std::string_view from, std::optional<std::string> name) {
  names_.emplace_back(address(from), std::move(name));
  return *this;
}

TraceBuilder& TraceBuilder::verdict(model::Verdict verdict, bool decided) {
  trace_.verdict = verdict;
  if (decided) {
    trace_.verdict.decided_by = last().probe.id;
  }
  for (const model::ProbeRecord& record : trace_.probes) {
    trace_.duration = std::max(trace_.duration, settled(record).since_start());
  }
  return *this;
}

Instant TraceBuilder::settled(const model::ProbeRecord& record) const {
  const model::Reply* reply = record.reply();
  const bool refused = record.refusal().has_value();
  return reply != nullptr ? reply->received : record.probe.sent + (refused ? Duration{} : kTimeout);
}

std::vector<model::Event> TraceBuilder::events() const {
  std::vector<model::Event> told;
  for (const model::ProbeRecord& record : trace_.probes) {
    if (record.is_settled()) {
      told.push_back({settled(record), model::ProbeSettled{record}});
    }
  }
  for (const model::Hop& hop : model::hops(trace_)) {
    model::HopSettled row{.ttl = hop.ttl, .probes = {}};
    Instant at;
    for (const model::ProbeRecord* record : hop.probes) {
      row.probes.push_back(*record);
      at = std::max(at, settled(*record));
    }
    if (!hop.probes.empty()) {
      told.push_back({at, std::move(row)});
    }
  }
  for (const auto& [owner, name] : names_) {
    told.push_back({Instant{kNamesKnown}, model::NameKnown{owner, name}});
  }
  std::ranges::stable_sort(told, {}, &model::Event::at);

  model::Trace head = trace_;
  head.probes.clear();
  head.verdict = {};
  head.findings.clear();
  head.counters = {};
  head.duration = {};
  told.insert(told.begin(), {Instant{}, model::TraceStarted{std::move(head)}});
  told.push_back({Instant{trace_.duration}, model::TraceFinished{trace_}});
  return told;
}

}  // namespace synroute::support
