// SPDX-License-Identifier: Apache-2.0
#include "present/tcptraceroute/tcptraceroute.hpp"

#include "base/text.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace synroute::present {
namespace {

using model::StopReason;

/// The length of a probe without options or payload, which the header does not mention.
std::size_t bare_length(Family family) {
  return family == Family::V4 ? 40 : 60;
}

std::string target_text(const model::Target& target) {
  std::string address = target.address.to_string();
  address += target.zone.empty() ? "" : "%" + target.zone;
  const std::string shown =
      target.input == address ? address : fmt::format("{} ({})", target.input, address);
  constexpr std::size_t kLongestLine = 4096;
  return sanitise(shown, kLongestLine);
}

/// The reason of the first local send failure; absent without one.
std::optional<model::Refusal> first_refusal(const model::Trace& trace) {
  const auto refused = std::ranges::find_if(
      trace.probes, [](const model::ProbeRecord& record) { return record.refusal().has_value(); });
  return refused != trace.probes.end() ? refused->refusal() : std::nullopt;
}

}  // namespace

Tcptraceroute::Tcptraceroute(const TcptracerouteOptions& options)
    : options_{options}, rows_{options.rows}, queue_{RowPosition{1, 1}, options.name_wait} {}

seam::Text Tcptraceroute::on(const model::Event& event) {
  seam::Text text{.out = {}, .err = debug_lines(event)};
  if (const auto* started = std::get_if<model::TraceStarted>(&event.what)) {
    queries_ = started->head.queries;
    queue_ = RowQueue<Entry>{RowPosition{started->head.first_ttl, 1}, options_.name_wait};
    text.err += device_line(started->head) + header(started->head);
  } else if (const auto* settled = std::get_if<model::ProbeSettled>(&event.what)) {
    if (settled->record.is_late()) {
      take_late(settled->record);
    } else if (options_.one_by_one && !settled->record.refusal()) {
      const int attempt = settled->record.probe.attempt;
      enqueue({.ttl = settled->record.probe.ttl, .record = settled->record}, attempt, event.at);
    }
  } else if (const auto* hop = std::get_if<model::HopSettled>(&event.what)) {
    enqueue_row(*hop, event.at);
  } else if (const auto* known = std::get_if<model::NameKnown>(&event.what)) {
    names_.learn(known->address, known->name);
  } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
    trace_ = finished->trace;
    if (trace_->verdict.stop == StopReason::Interrupted) {
      queue_.stop_waiting();
    }
  }
  text += release(event.at);
  return text;
}

seam::Text Tcptraceroute::advance(Instant now) {
  if (!ending_due_) {
    return release(now);
  }
  ending_due_.reset();
  done_ = true;
  return {.out = {}, .err = ending()};
}

std::optional<Instant> Tcptraceroute::deadline() const {
  return ending_due_ ? ending_due_ : queue_.deadline();
}

std::string Tcptraceroute::header(const model::Trace& head) const {
  const model::Target& target = head.target;
  const std::string port =
      options_.show_source_port ? fmt::format(", port {}", head.source.port.value()) : "";
  const std::string service = target.service.empty() ? "" : fmt::format(" ({})", target.service);
  const std::string length = head.packet_length > bare_length(target.address.family())
                                 ? fmt::format(", {} byte packets", head.packet_length)
                                 : "";
  return fmt::format(
      "Selected device {}, address {}{} for outgoing packets\n"
      "Tracing the path to {} on TCP port {}{}, {} hops max{}\n",
      sanitise(head.source.interface),
      head.source.address.to_string(),
      port,
      target_text(target),
      target.port.value(),
      service,
      head.last_ttl,
      length);
}

/// tcptraceroute shows exactly as many probes per row as were asked for. Fewer are in the event
/// when overlapped ones were left out (see model::row): those are shown as lost.
void Tcptraceroute::enqueue_row(const model::HopSettled& hop, Instant at) {
  if (options_.one_by_one) {
    return;
  }
  std::vector<model::ProbeRecord> probes = hop.probes;
  model::ProbeRecord lost;
  lost.probe.ttl = hop.ttl;
  lost.state = model::Lost{};
  probes.resize(static_cast<std::size_t>(queries_), lost);
  int attempt = 0;
  for (model::ProbeRecord& record : probes) {
    enqueue({.ttl = hop.ttl, .record = std::move(record)}, ++attempt, at);
  }
}

void Tcptraceroute::enqueue(Entry entry, int attempt, Instant at) {
  const int ttl = entry.ttl.value();
  entry.first = attempt == 1;
  entry.last = attempt == queries_;
  RowQueue<Entry>::ReleaseRule rule{
      .next = entry.last ? RowPosition{ttl + 1, 1} : RowPosition{ttl, attempt + 1}, .names = {}};
  const model::Reply* reply = rows_.shown(entry.record);
  if (reply != nullptr && rows_.wants_name(reply->from)) {
    rule.names.push_back(reply->from);
  }
  queue_.put(RowPosition{ttl, attempt}, std::move(entry), std::move(rule), at);
}

/// A router that answered after the timeout but before its line was printed is shown after all.
void Tcptraceroute::take_late(const model::ProbeRecord& record) {
  const int ttl = record.probe.ttl.value();
  if (record.reply()->kind != model::ReplyKind::TimeExceeded) {
    return;
  }
  for (int attempt = 1; attempt <= queries_; ++attempt) {
    Entry* entry = queue_.find(RowPosition{ttl, attempt});
    if (entry != nullptr && entry->record.probe.id == record.probe.id) {
      entry->record = record;
    }
  }
}

seam::Text Tcptraceroute::release(Instant now) {
  seam::Text text;
  for (const Entry& entry : queue_.take(names_, now)) {
    if (entry.ttl.value() <= last_row()) {
      text.out += rows_.print(entry, names_);
    }
  }
  const bool more_to_come = queue_.deadline().has_value() || ending_due_.has_value();
  if (trace_ && !more_to_come && !done_) {
    text.out += trace_->verdict.stop == StopReason::Interrupted ? unfinished_row() : "";
    // Returned by a later advance() so that it is written after the rows: with both streams on one
    // terminal it must be the last line.
    done_ = ending().empty();
    ending_due_ = done_ ? std::nullopt : std::optional{now};
  }
  return text;
}

/// The smallest TTL with an answer that ends the path; kTtlMax until that is known.
int Tcptraceroute::last_row() const {
  if (!trace_
      || (trace_->verdict.stop != StopReason::TargetAnswered
          && trace_->verdict.stop != StopReason::Unreachable)) {
    return model::kTtlMax;
  }
  int last = model::kTtlMax;
  for (const model::ProbeRecord& record : trace_->probes) {
    const model::Reply* reply = rows_.shown(record);
    if (reply != nullptr && ends_tcptraceroute(*reply)) {
      last = std::min<int>(last, record.probe.ttl.value());
    }
  }
  return last;
}

/// The probes settled so far of the row an interrupted trace was at, without a line end.
std::string Tcptraceroute::unfinished_row() {
  const RowPosition front = queue_.front();
  std::string text;
  for (int attempt = front.attempt; attempt <= queries_; ++attempt) {
    const auto record = std::ranges::find_if(trace_->probes, [&](const model::ProbeRecord& each) {
      return each.probe.ttl.value() == front.ttl && each.probe.attempt == attempt;
    });
    if (record == trace_->probes.end() || !record->is_settled() || record->refusal()) {
      break;
    }
    const Entry entry{
        .ttl = record->probe.ttl,
        .first = attempt == 1,
        .last = attempt == queries_,
        .record = *record};
    text += rows_.print(entry, names_);
  }
  return text;
}

std::string Tcptraceroute::ending() const {
  switch (trace_->verdict.stop) {
    case StopReason::MaxTtl:
    case StopReason::GapLimit: return "Destination not reached\n";
    case StopReason::Refused: {
      const auto why = first_refusal(*trace_);
      return fmt::format(
          "libnet_write failed?  Attempted to write {} bytes, only wrote -1\n"
          "This host did not let the packet out: {}\n",
          trace_->packet_length,
          describe(why.value_or(model::Refusal::Other)));
    }
    case StopReason::TargetAnswered:
    case StopReason::Unreachable:
    case StopReason::Interrupted: break;
  }
  return {};
}

/// The first debug line of tcptraceroute, which bug reports quote.
std::string Tcptraceroute::device_line(const model::Trace& head) const {
  return options_.debug ? fmt::format(
                              "debug: device: {}  datalink: cooked  SNAPLEN: 65535\n",
                              sanitise(head.source.interface))
                        : "";
}

std::string Tcptraceroute::debug_lines(const model::Event& event) {
  const std::string line = options_.debug ? debug_.on(event).err : "";
  return line.empty() ? "" : "debug: " + line;
}

}  // namespace synroute::present
