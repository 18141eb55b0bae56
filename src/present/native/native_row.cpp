// SPDX-License-Identifier: Apache-2.0
#include "present/native/native_row.hpp"

#include "base/text.hpp"
#include "model/waited.hpp"
#include "present/native/closing.hpp"
#include "present/native/row_text.hpp"
#include "wire/icmp_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace synroute::present {
namespace {

constexpr std::size_t kNameWidth = 20;
/// The times of three probes: "   12.3 ms  12.2  12.3".
constexpr std::size_t kTimesWidth = 22;
/// Further lines of a row begin below the address.
constexpr std::size_t kIndent = 5;

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
  std::vector<std::string> times;  ///< with the blanks before each
  bool has_time = false;           ///< only the first RTT is followed by the unit
  std::vector<std::string> labels;
};

void append_column(Line& line, std::string_view text) {
  line.times.push_back(fmt::format("{:>{}}", text, line.times.empty() ? 7 : 6));
}

void add_answer(Line& line, const model::ProbeRecord& record, const std::optional<RowEnd>& end) {
  const model::Reply& reply = *record.reply();
  const std::string time = " " + milliseconds_text(reply.rtt);
  append_column(line, time);
  line.times.back() += line.has_time ? "" : " ms";
  line.times.back() += marks(record, end);
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

/// Where the times begin: narrow terminals have a narrower column of names.
std::size_t times_column(const RowLayout& layout) {
  const std::size_t names = kIndent + layout.address_width + 2;
  if (!layout.names) {
    return names;
  }
  if (layout.columns == 0) {
    return names + kNameWidth;
  }
  const std::size_t taken = names + kTimesWidth + 1;
  return names + std::min(kNameWidth, layout.columns - std::min(taken, layout.columns));
}

void add_times(RowText& row, const std::vector<std::string>& times, std::size_t column) {
  const std::string all = fmt::format("{}", fmt::join(times, ""));
  row.pad_to(column);
  if (row.has_room(all.size(), row.width()) || row.has_room(all.size(), column)) {
    row.add(all, 0, column);
    return;
  }
  const bool has_column = row.has_room(kTimesWidth, column);
  for (const std::string& time : times) {
    row.add(time, 0, has_column ? column + 1 : 0);  // the first is one wider
  }
}

/// The labels of a stack that has no room on one line are put on several.
void add_labels(RowText& row, std::string_view labels) {
  if (row.has_room(labels.size(), kIndent)) {
    row.add(labels, 2);
    return;
  }
  std::size_t gap = 2;
  while (!labels.empty()) {
    const std::string_view label = labels.substr(0, labels.find('/', 1));
    row.add(label, gap);
    labels.remove_prefix(label.size());
    gap = 0;
  }
}

RowText text_of(
    const Line& line, std::string_view number, const NameCache& names, const RowLayout& layout) {
  RowText row{layout.columns, kIndent};
  row.add(fmt::format("{:>3}  {}", number, line.from.to_string()), 0);
  row.pad_to(kIndent + layout.address_width);
  const std::string* name = layout.names ? names.find(line.from) : nullptr;
  if (name != nullptr) {
    row.add(sanitise(*name), 2);
  }
  add_times(row, line.times, times_column(layout));
  for (const std::string& labels : line.labels) {
    add_labels(row, labels);
  }
  return row;
}

std::optional<model::Refusal> refusal_of_all(const model::Hop& hop) {
  const auto refusal = hop.probes.front()->refusal();
  const bool all_refused = std::ranges::all_of(
      hop.probes, [](const model::ProbeRecord* record) { return record->refusal().has_value(); });
  return all_refused ? refusal : std::nullopt;
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
  const auto owner = end ? std::ranges::find(lines, end->from, &Line::from) : lines.end();
  const Line& last_word = owner != lines.end() ? *owner : lines.front();
  for (const Line& line : lines) {
    const std::string number = rows.empty() ? fmt::format("{}", hop.ttl.value()) : "";
    RowText row = text_of(line, number, names, layout);
    if (end && &line == &last_word) {
      row.add_painted(layout.palette.state(end->state, end->text), width(end->text), 3);
    }
    std::ranges::move(row.take(), std::back_inserter(rows));
  }
  return rows;
}

bool is_same_silence(const model::Hop& left, const model::Hop& right) {
  return left.probes.empty() == right.probes.empty()
         && (left.probes.empty() || refusal_of_all(left) == refusal_of_all(right));
}

std::string silence_text(const model::Hop& hop) {
  if (hop.probes.empty()) {
    return "no reply yet";
  }
  if (const auto refusal = refusal_of_all(hop)) {
    return fmt::format("not sent: {}", describe(*refusal));
  }
  const auto waited = model::shortest_wait(hop.probes);
  return waited ? "no answer within " + model::wait_text(*waited) : "no reply";
}

std::vector<std::string> folded_rows(
    Ttl first, Ttl last, const std::string& text, const RowLayout& layout) {
  const std::string range = first == last ? "" : fmt::format("-{}", last.value());
  RowText row{layout.columns, kIndent};
  row.add(fmt::format("{:>3}{}", first.value(), range), 0);
  row.add_painted(layout.palette.dim(text), width(text), 2);
  return row.take();
}

}  // namespace synroute::present
