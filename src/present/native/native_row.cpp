// SPDX-License-Identifier: Apache-2.0
#include "present/native/native_row.hpp"

#include "base/text.hpp"
#include "present/native/closing.hpp"
#include "wire/icmp_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace synroute::present {
namespace {

constexpr std::size_t kNameWidth = 20;

/// Pads to a display width; longer text is not cut.
std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}

std::string icmp_mark(const model::Reply& reply) {
  const std::string mark =
      wire::unreachable_mark(reply.from.family(), reply.icmp_type, reply.icmp_code);
  return reply.next_hop_mtu ? fmt::format(" {}-{}", mark, *reply.next_hop_mtu) : " " + mark;
}

/// The marks behind an RTT: ICMP errors, TCP segments that did not decide the state, late and
/// duplicate answers.
std::string marks(const model::ProbeRecord& record, const std::optional<RowEnd>& end) {
  const model::Reply& reply = *record.reply();
  std::string result;
  const bool open = end && end->state == model::PortState::Open;
  switch (reply.kind) {
    case model::ReplyKind::TimeExceeded: break;
    case model::ReplyKind::Unreachable: result += icmp_mark(reply); break;
    case model::ReplyKind::SynAck: result += open || !end ? "" : " syn-ack"; break;
    case model::ReplyKind::Rst: result += open ? " rst" : ""; break;
    case model::ReplyKind::Ack: result += " ack"; break;
  }
  result += record.is_late() ? " late" : "";
  if (record.duplicates > 0) {
    result += record.duplicates == 1 ? " dup" : fmt::format(" dup x{}", record.duplicates);
  }
  return result;
}

/// The label stack in the format of traceroute, top label first.
std::string mpls_text(const std::vector<wire::MplsLabel>& stack) {
  std::string result;
  for (const wire::MplsLabel& label : stack) {
    result += fmt::format(
        "{}L={},E={},S={},T={}",
        result.empty() ? "<MPLS:" : "/",
        label.label,
        label.traffic_class,
        label.bottom ? 1 : 0,
        label.ttl);
  }
  return result.empty() ? result : result + ">";
}

/// The part of a row that belongs to one router.
struct Line {
  IpAddress from;
  std::string times;
  bool has_time = false;  ///< only the first RTT is followed by the unit
  std::vector<std::string> labels;
};

void append_column(Line& line, std::string_view text) {
  line.times += fmt::format("{:>{}}", text, line.times.empty() ? 7 : 6);
}

void add_answer(Line& line, const model::ProbeRecord& record, const std::optional<RowEnd>& end) {
  const model::Reply& reply = *record.reply();
  const std::string time = " " + milliseconds_text(reply.rtt);
  append_column(line, time);
  line.times += line.has_time ? "" : " ms";
  line.times += marks(record, end);
  line.has_time = true;
  const std::string labels = mpls_text(reply.extensions.mpls);
  if (!labels.empty() && std::ranges::find(line.labels, labels) == line.labels.end()) {
    line.labels.push_back(labels);
  }
}

/// One line per router in the order of its first answer. A probe without an answer is put on the
/// line of the answer before it.
std::vector<Line> lines_of(const model::Hop& hop, const std::optional<RowEnd>& end) {
  std::vector<Line> lines;
  for (const model::Responder& responder : hop.responders()) {
    lines.push_back(Line{.from = responder.address, .times = {}, .has_time = false, .labels = {}});
  }
  Line* current = &lines.front();
  for (const model::ProbeRecord* record : hop.probes) {
    if (const model::Reply* reply = record->reply()) {
      current = &*std::ranges::find(lines, reply->from, &Line::from);
      add_answer(*current, *record, end);
    } else {
      append_column(*current, record->refusal() ? "-" : "*");
    }
  }
  return lines;
}

std::string name_column(const Line& line, const NameCache& names) {
  const std::string* name = names.find(line.from);
  return padded(name != nullptr ? sanitise(*name) : "", kNameWidth);
}

void append_state(
    std::vector<std::string>& rows,
    const std::vector<Line>& lines,
    const RowEnd& end,
    const Palette& palette) {
  const auto owner = std::ranges::find(lines, end.from, &Line::from);
  const auto index = owner != lines.end() ? owner - lines.begin() : 0;
  rows[static_cast<std::size_t>(index)] += "   " + palette.state(end.state, end.text);
}

}  // namespace

std::vector<std::string> answered_row(
    const model::Hop& hop,
    const NameCache& names,
    RowLayout& layout,
    const std::optional<RowEnd>& end) {
  const std::vector<Line> lines = lines_of(hop, end);
  for (const Line& line : lines) {
    layout.address_width = std::max(layout.address_width, line.from.to_string().size());
  }
  std::vector<std::string> rows;
  for (const Line& line : lines) {
    const std::string number = rows.empty() ? fmt::format("{:>3}", hop.ttl.value()) : "   ";
    std::string row = fmt::format(
        "{}  {:<{}}  {}{}",
        number,
        line.from.to_string(),
        layout.address_width,
        layout.names ? name_column(line, names) : "",
        line.times);
    for (const std::string& labels : line.labels) {
      row += "  " + labels;
    }
    rows.push_back(std::move(row));
  }
  if (end) {
    append_state(rows, lines, *end, layout.palette);
  }
  return rows;
}

std::string silence_text(const model::Hop& hop) {
  if (hop.probes.empty()) {
    return "no reply yet";
  }
  const auto refusal = hop.probes.front()->refusal();
  const bool all_refused = std::ranges::all_of(
      hop.probes, [](const model::ProbeRecord* record) { return record->refusal().has_value(); });
  return refusal && all_refused ? fmt::format("not sent: {}", describe(*refusal)) : "no reply";
}

std::string folded_rows(Ttl first, Ttl last, const std::string& text, const Palette& palette) {
  const std::string range = first == last ? "" : fmt::format("-{}", last.value());
  return fmt::format("{:>3}{}  {}", first.value(), range, palette.dim(text));
}

}  // namespace synroute::present
