// SPDX-License-Identifier: Apache-2.0
#include "present/scan/scan.hpp"

#include "base/text.hpp"
#include "model/port_groups.hpp"
#include "model/port_list.hpp"
#include "present/native/closing.hpp"
#include "present/target_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace synroute::present {
namespace {

constexpr Duration kProgressEvery = std::chrono::milliseconds{200};
constexpr std::string_view kEraseLine = "\r\x1b[K";

bool is_worth_a_line(model::PortState state) {
  return state == model::PortState::Open || state == model::PortState::Rejected
         || state == model::PortState::Unreachable;
}

std::string rtt_text(const model::PortResult& result) {
  return result.rtt ? fmt::format("{:9.1f} ms", milliseconds(*result.rtt)) : std::string{};
}

}  // namespace

Scan::Scan(ScanOptions options) : options_{std::move(options)}, palette_{options_.color} {}

seam::Text Scan::on(const model::Event& event) {
  seam::Text text;
  if (const auto* started = std::get_if<model::TraceStarted>(&event.what)) {
    text.out = header(started->head);
  } else if (const auto* port = std::get_if<model::PortSettled>(&event.what)) {
    text.out = report(port->result);
    text.err = update_progress(event.at);
  } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
    text.out = summary(finished->trace);
    done_ = true;
  }
  // Erase the progress line before anything is printed to the same terminal, and at the end.
  if (progress_line_ && (!text.out.empty() || done_) && text.err.empty()) {
    text.err = kEraseLine;
    progress_line_ = false;
  }
  return text;
}

std::string Scan::header(const model::Trace& head) const {
  const std::string via = head.source.interface.empty()
                              ? std::string{}
                              : fmt::format(" via {}", sanitise(head.source.interface));
  return fmt::format(
      "{}, {} {}, from {}{}\n\n",
      host_text(head.target),
      options_.port_count,
      options_.port_count == 1 ? "port" : "ports",
      head.source.address.to_string(),
      via);
}

/// A line for an open, rejected or unreachable port; empty when its state was reported before.
std::string Scan::report(const model::PortResult& result) {
  const auto before = reported_.find(result.port);
  const bool is_news = before == reported_.end() || before->second != result.state;
  reported_.insert_or_assign(result.port, result.state);
  if (!is_news || result.control || !is_worth_a_line(result.state)) {
    return {};
  }
  const auto service = options_.services.find(result.port);
  const std::string name = service != options_.services.end() ? sanitise(service->second, 16) : "";
  const std::string state =
      palette_.state(result.state, fmt::format("{:<11}", model::name(result.state)));
  return fmt::format("  {:>5}  {:<16}  {}{}\n", result.port.value(), name, state, rtt_text(result));
}

std::string Scan::update_progress(Instant now) {
  if (!options_.progress || now - progress_shown_ < kProgressEvery) {
    return {};
  }
  progress_shown_ = now;
  progress_line_ = true;
  return fmt::format("{}{} of {} ports scanned", kEraseLine, reported_.size(), options_.port_count);
}

std::string Scan::summary(const model::Trace& trace) const {
  std::string text =
      std::ranges::any_of(reported_, [](const auto& each) { return is_worth_a_line(each.second); })
          ? "\n"
          : "";
  if (trace.verdict.stop == model::StopReason::Interrupted) {
    text += palette_.bad("interrupted: results so far") + "\n";
  }
  for (const model::PortGroup& group : model::group_ports(trace)) {
    text += fmt::format(
        "{}: {}\n", model::port_list(group.ports), palette_.state(group.state, group.sentence));
  }
  for (const model::Finding& finding : trace.findings) {
    // The line of the group has the same text.
    if (finding.kind != model::FindingKind::AnsweredNearer) {
      text += fmt::format("note: {}\n", sanitise(finding.sentence, 1000));
    }
  }
  if (trace.verdict.stop == model::StopReason::Refused) {
    text += fmt::format("note: {}\n", closing_sentence(trace));
  }
  for (const std::string& loss : local_losses(trace)) {
    text += palette_.bad(loss) + "\n";
  }
  return text;
}

}  // namespace synroute::present
