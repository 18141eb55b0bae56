// SPDX-License-Identifier: Apache-2.0
#include "present/tracetcp/tracetcp.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace synroute::present {
namespace {

using model::ReplyKind;

bool is_conclusive(const model::Reply& reply) {
  return reply.kind == ReplyKind::SynAck || reply.kind == ReplyKind::Rst
         || reply.kind == ReplyKind::Unreachable;
}

/// tracetcp measured in whole milliseconds.
long long whole_ms(Duration length) {
  return std::chrono::floor<std::chrono::milliseconds>(length).count();
}

/// The TCP answer to a probe with a full TTL replaces an RST at exactly the arrival TTL, which a
/// firewall before the target may have sent.
const model::Reply* confirmed(const model::Reply* reply, const std::optional<model::Trace>& trace) {
  if (reply->kind != ReplyKind::Rst || !trace) {
    return reply;
  }
  for (const model::ProbeRecord& record : trace->probes) {
    const bool full = record.probe.role != model::ProbeRole::Hop;
    if (full && record.reply() != nullptr && record.reply()->is_tcp()) {
      return record.reply();
    }
  }
  return reply;
}

}  // namespace

Tracetcp::Tracetcp(const TracetcpOptions& options)
    : options_{options},
      queue_{RowPosition{0, 0}, options.names ? options.name_wait : Duration{}} {}

seam::Text Tracetcp::on(const model::Event& event) {
  if (const auto* started = std::get_if<model::TraceStarted>(&event.what)) {
    begin(started->head, event.at);
  } else if (const auto* hop = std::get_if<model::HopSettled>(&event.what)) {
    enqueue(*hop, event.at);
  } else if (const auto* known = std::get_if<model::NameKnown>(&event.what)) {
    names_.learn(known->address, known->name);
  } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
    trace_ = finished->trace;
    if (trace_->verdict.stop == model::StopReason::Interrupted) {
      queue_.stop_waiting();
    }
  }
  return {.out = release(event.at), .err = {}};
}

seam::Text Tracetcp::advance(Instant now) {
  return {.out = release(now), .err = {}};
}

std::optional<Instant> Tracetcp::deadline() const {
  return done_ ? std::nullopt : queue_.deadline();
}

void Tracetcp::begin(const model::Trace& head, Instant at) {
  target_ = head.target;
  const RowPosition first{head.first_ttl, 0};
  if (options_.condensed) {
    queue_ = RowQueue<Row>{first, options_.names ? options_.name_wait : Duration{}};
    return;
  }
  std::vector<IpAddress> names;
  if (options_.names) {
    names.push_back(target_.address);
  }
  queue_.put(RowPosition{0, 0}, Row{}, {.next = first, .names = std::move(names)}, at);
}

void Tracetcp::enqueue(const model::HopSettled& hop, Instant at) {
  std::vector<IpAddress> names;
  for (const model::ProbeRecord& record : hop.probes) {
    const bool shown = record.reply() != nullptr && !is_conclusive(*record.reply());
    if (options_.names && shown) {
      names = {record.reply()->from};
    }
  }
  const int ttl = hop.ttl.value();
  queue_.put(
      RowPosition{ttl, 0},
      Row{.ttl = hop.ttl, .probes = hop.probes},
      {.next = RowPosition{ttl + 1, 0}, .names = std::move(names)},
      at);
}

std::string Tracetcp::release(Instant now) {
  std::string text;
  for (const Row& row : queue_.take(names_, now)) {
    if (!ended_) {
      text += row.ttl == Ttl{0} ? header() : row_text(row);
      ended_ = std::ranges::any_of(row.probes, [](const model::ProbeRecord& record) {
        return record.reply() != nullptr && is_conclusive(*record.reply());
      });
    }
  }
  if (trace_ && !done_ && !queue_.deadline()) {
    done_ = true;
    const bool interrupted = trace_->verdict.stop == model::StopReason::Interrupted;
    if (!options_.condensed) {
      text += interrupted ? "\nTerminate Event Occurred.\n" : "Trace Complete.\n";
    }
  }
  return text;
}

std::string Tracetcp::name_of(const IpAddress& address) const {
  const std::string* name = options_.names ? names_.find(address) : nullptr;
  return name != nullptr ? fmt::format("[{}]", sanitise(*name)) : "";
}

std::string Tracetcp::header() const {
  const std::string name = name_of(target_.address);
  return fmt::format(
      "\nTracing route to {}{}{} on port {}\nOver a maximum of {} hops.\n",
      target_.address.to_string(),
      name.empty() ? "" : " ",
      name,
      target_.port.value(),
      options_.hops);
}

/// The first conclusive answer ends the row. Without one, the row names the router that answered
/// last.
std::string Tracetcp::row_text(const Row& row) const {
  std::string text =
      options_.condensed
          ? fmt::format("[{}:{}]  ", target_.address.to_string(), target_.port.value())
          : std::string{};
  text += fmt::format("{}\t", row.ttl.value());
  const model::Reply* router = nullptr;
  for (const model::ProbeRecord& record : row.probes) {
    const model::Reply* reply = record.is_late() ? nullptr : record.reply();
    if (reply != nullptr && is_conclusive(*reply)) {
      return text + answer_text(*confirmed(reply, trace_));
    }
    const bool reported = reply != nullptr && reply->kind == ReplyKind::TimeExceeded;
    router = reported ? reply : router;
    text += reported ? fmt::format("{} ms\t", whole_ms(reply->rtt)) : "*\t";
  }
  if (router == nullptr) {
    return text + "Request timed out.\n";
  }
  return text + fmt::format("{}\t{}\n", router->from.to_string(), name_of(router->from));
}

std::string Tracetcp::answer_text(const model::Reply& reply) const {
  const std::string who = reply.from.to_string();
  if (reply.kind == ReplyKind::Unreachable) {
    return fmt::format("\t{} reports: NO ROUTE\n", who);
  }
  const bool open = reply.kind == ReplyKind::SynAck;
  if (options_.condensed) {
    return fmt::format(
        "Dest. in {} ms. Port {} on {}\n", whole_ms(reply.rtt), open ? "OPEN" : "CLOSED", who);
  }
  return fmt::format(
      "Destination Reached in {} ms. {} {}\n",
      whole_ms(reply.rtt),
      open ? "Connection established to" : "Port closed on",
      who);
}

}  // namespace synroute::present
