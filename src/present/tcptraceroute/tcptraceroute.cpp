// SPDX-License-Identifier: Apache-2.0
#include "present/tcptraceroute/tcptraceroute.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace synroute::present {
namespace {

using model::StopReason;

constexpr int kTtlMax = 255;

/// A packet of this length is the default and not worth a word.
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

/// Why this host lets a probe not out; nothing when none was refused.
std::optional<model::Refusal> refusal_in(const model::Trace& trace) {
  const auto refused = std::ranges::find_if(
      trace.probes, [](const model::ProbeRecord& record) { return record.refusal().has_value(); });
  return refused != trace.probes.end() ? refused->refusal() : std::nullopt;
}

}  // namespace

Tcptraceroute::Tcptraceroute(const TcptracerouteOptions& options)
    : options_{options}, rows_{options.rows}, queue_{Place{1, 1}, options.name_wait} {}

seam::Text Tcptraceroute::on(const model::Event& event) {
  seam::Text text{.out = {}, .err = debug_lines(event)};
  if (const auto* started = std::get_if<model::TraceStarted>(&event.what)) {
    queries_ = started->head.queries;
    queue_ = RowQueue<Entry>{Place{started->head.first_ttl, 1}, options_.name_wait};
    text.err += machine_line(started->head) + header(started->head);
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
      queue_.hurry();
    }
  }
  text += release(event.at);
  return text;
}

seam::Text Tcptraceroute::advance(Instant now) {
  if (!last_words_at_) {
    return release(now);
  }
  last_words_at_.reset();
  done_ = true;
  return {.out = {}, .err = ending()};
}

std::optional<Instant> Tcptraceroute::deadline() const {
  return last_words_at_ ? last_words_at_ : queue_.deadline();
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

/// Exactly as many probes as were asked for: what was sent again takes the place of what was lost,
/// and one to which the target was deaf is lost to whoever looks at it.
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
  RowQueue<Entry>::Wish wish{
      .next = entry.last ? Place{ttl + 1, 1} : Place{ttl, attempt + 1}, .names = {}};
  const model::Reply* reply = rows_.shown(entry.record);
  if (reply != nullptr && rows_.wants_name(reply->from)) {
    wish.names.push_back(reply->from);
  }
  queue_.put(Place{ttl, attempt}, std::move(entry), std::move(wish), at);
}

/// A router that reports after its time was judged to be up, but before its line was written.
void Tcptraceroute::take_late(const model::ProbeRecord& record) {
  const int ttl = record.probe.ttl.value();
  if (record.reply()->kind != model::ReplyKind::TimeExceeded) {
    return;
  }
  for (int attempt = 1; attempt <= queries_; ++attempt) {
    Entry* entry = queue_.find(Place{ttl, attempt});
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
  const bool more_to_come = queue_.deadline().has_value() || last_words_at_.has_value();
  if (trace_ && !more_to_come && !done_) {
    text.out += trace_->verdict.stop == StopReason::Interrupted ? unfinished_row() : "";
    // In a text of its own, which is written after the rows: readers of both streams together rely
    // on it being the last line.
    done_ = ending().empty();
    last_words_at_ = done_ ? std::nullopt : std::optional{now};
  }
  return text;
}

/// Once it is known: the first one with an answer that ends a path.
int Tcptraceroute::last_row() const {
  if (!trace_
      || (trace_->verdict.stop != StopReason::TargetAnswered
          && trace_->verdict.stop != StopReason::Unreachable)) {
    return kTtlMax;
  }
  int last = kTtlMax;
  for (const model::ProbeRecord& record : trace_->probes) {
    const model::Reply* reply = rows_.shown(record);
    if (reply != nullptr && ends_tcptraceroute(*reply)) {
      last = std::min<int>(last, record.probe.ttl.value());
    }
  }
  return last;
}

/// What an interrupted trace knows of the row it was at, without a line end: nothing follows.
std::string Tcptraceroute::unfinished_row() {
  const Place front = queue_.front();
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
      const auto why = refusal_in(*trace_);
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

/// What reports about tcptraceroute used to ask for, under the words they look for.
std::string Tcptraceroute::machine_line(const model::Trace& head) const {
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
