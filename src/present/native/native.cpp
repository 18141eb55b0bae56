// SPDX-License-Identifier: Apache-2.0
#include "present/native/native.hpp"

#include "base/text.hpp"
#include "model/waited.hpp"
#include "present/json/json_parts.hpp"
#include "present/native/closing.hpp"
#include "present/target_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

namespace synroute::present {
namespace {

std::string header(const model::Trace& trace) {
  const model::Target& target = trace.target;
  const std::string service =
      target.service.empty() ? "" : fmt::format(" ({})", sanitise(target.service));
  const model::Source& source = trace.source;
  const std::string from =
      source.address.is_unspecified() ? "" : ", from " + source.address.to_string();
  const std::string via = source.interface.empty() ? "" : " via " + sanitise(source.interface);
  const std::string when = trace.method == model::Method::Replay
                               ? ", captured " + json::timestamp(trace.started_at)
                               : "";
  return fmt::format(
      "{} port {}{}{}{}{}\n\n", host_text(target), target.port.value(), service, from, via, when);
}

/// Whether this answer may end the path, which only the verdict decides.
bool may_be_last(const model::ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  return reply != nullptr && reply->kind != model::ReplyKind::TimeExceeded;
}

std::string place_of(const model::Finding& finding) {
  if (finding.last_hop == Ttl{0}) {
    const bool is_about_target = finding.kind == model::FindingKind::UnattributedAnswers
                                 || finding.kind == model::FindingKind::ContradictingAnswers
                                 || finding.kind == model::FindingKind::ResetIgnored;
    return is_about_target ? "target" : "this host";
  }
  return finding.first_hop == finding.last_hop
             ? fmt::format("hop {}", finding.first_hop.value())
             : fmt::format("hops {}-{}", finding.first_hop.value(), finding.last_hop.value());
}

std::optional<IpAddress> sole_responder(const model::Hop& hop) {
  const auto responders = hop.responders();
  return responders.size() == 1 ? std::optional{responders.front().address} : std::nullopt;
}

std::string finding_line(const model::Finding& finding) {
  const std::string certainty = finding.certainty == model::Certainty::Certain
                                    ? ""
                                    : fmt::format("{}: ", name(finding.certainty));
  return fmt::format(
      "  {:<9}  {}{}\n", place_of(finding), certainty, sanitise(finding.sentence, 1000));
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + '\n';
  }
  return text;
}

}  // namespace

Native::Native(const NativeOptions& options)
    : options_{options},
      layout_{.palette = Palette{options.color}, .names = options.names},
      queue_{RowPosition{1}, options.name_wait} {}

model::Hop Native::Row::hop() const {
  model::Hop view{.ttl = ttl, .probes = {}};
  for (const model::ProbeRecord& record : probes) {
    view.probes.push_back(&record);
  }
  return view;
}

seam::Text Native::on(const model::Event& event) {
  std::string text = std::visit([&](const auto& what) { return note(what, event.at); }, event.what);
  text += release(event.at);
  return {.out = with_status(std::move(text)), .err = {}};
}

seam::Text Native::advance(Instant now) {
  return {.out = with_status(release(now)), .err = {}};
}

/// The status line stands below all rows: other text takes its place, and it follows that text
/// until the trace is over.
std::string Native::with_status(std::string text) {
  const bool changes = !text.empty() || status_ != shown_status_;
  if (!changes) {
    return text;
  }
  if (!shown_status_.empty()) {
    text.insert(0, "\x1b[1A\r\x1b[J");
  }
  shown_status_ = done_ ? "" : status_;
  return text + shown_status_;
}

std::optional<Instant> Native::deadline() const {
  return queue_.deadline();
}

std::string Native::note(const model::TraceStarted& started, Instant) {
  queue_ = RowQueue<Row>{RowPosition{started.head.first_ttl}, options_.name_wait};
  layout_.address_width =
      std::max(layout_.address_width, started.head.target.address.to_string().size());
  return header(started.head);
}

std::string Native::note(const model::HopSettled& settled, Instant at) {
  settled_.emplace(settled.ttl, at);
  status_.clear();
  if (std::ranges::none_of(settled.probes, may_be_last)) {
    enqueue(Row{settled.ttl, settled.probes}, at);
  }
  return {};
}

/// Only answers to probes that had been given up matter here: HopSettled brings the others.
std::string Native::note(const model::ProbeSettled& settled, Instant) {
  const model::ProbeRecord& record = settled.record;
  if (record.reply() == nullptr || may_be_last(record)) {
    return {};
  }
  const auto replace_in = [&](Row& row) {
    std::ranges::replace_if(
        row.probes,
        [&](const model::ProbeRecord& known) { return known.probe.id == record.probe.id; },
        record);
  };
  if (Row* row = queue_.find(RowPosition{record.probe.ttl.value()})) {
    replace_in(*row);
  }
  std::ranges::for_each(held_, replace_in);
  std::ranges::for_each(printed_, replace_in, &Printed::row);
  return redraw();
}

std::string Native::note(const model::NameKnown& known, Instant) {
  names_.learn(known.address, known.name);
  return redraw();
}

std::string Native::note(const model::PortSettled&, Instant) {
  return {};
}

std::string Native::note(const model::DistanceKnown&, Instant) {
  return {};
}
/// Only for a terminal, where the next text replaces it.
std::string Native::note(const model::ProvisionalVerdict& provisional, Instant at) {
  const std::string text = fmt::format(
      "{} so far; listening {} more for a report that the host is down",
      name(provisional.verdict.state),
      model::wait_text(std::max(provisional.until - at, Duration{})));
  if (options_.rewrite && text.size() < static_cast<std::size_t>(options_.columns)) {
    status_ = layout_.palette.dim(text) + '\n';
  }
  return {};
}

std::string Native::note(const model::PacketSent&, Instant) {
  return {};
}
std::string Native::note(const model::PacketReceived&, Instant) {
  return {};
}

/// The finished trace replaces the events: it alone determines the rows not printed yet.
std::string Native::note(const model::TraceFinished& finished, Instant at) {
  trace_ = finished.trace;
  status_.clear();
  const int first = printed_.empty() ? trace_->first_ttl : printed_.back().row.ttl.value() + 1;
  const bool interrupted = trace_->verdict.stop == model::StopReason::Interrupted;
  queue_ = RowQueue<Row>{RowPosition{first}, interrupted ? Duration{} : options_.name_wait};
  held_.clear();
  const auto rows = model::hops(*trace_);
  loop_ = model::find_routing_loop(rows);
  for (const model::Hop& hop : rows) {
    Row row{hop.ttl, {}};
    for (const model::ProbeRecord* record : hop.probes) {
      row.probes.push_back(*record);
    }
    const auto settled = settled_.find(hop.ttl);
    enqueue(std::move(row), settled != settled_.end() ? settled->second : at);
  }
  return {};
}

void Native::enqueue(Row row, Instant at) {
  const int ttl = row.ttl.value();
  RowQueue<Row>::ReleaseRule rule{.next = RowPosition{ttl + 1}, .names = {}};
  if (options_.names) {
    for (const model::Responder& responder : row.hop().responders()) {
      rule.names.push_back(responder.address);
    }
  }
  queue_.put(RowPosition{ttl}, std::move(row), std::move(rule), at);
}

std::string Native::release(Instant now) {
  for (Row& row : queue_.take(names_, now)) {
    held_.push_back(std::move(row));
  }
  std::size_t due = held_.size();
  while (due > 0 && (held_[due - 1].hop().is_silent() || may_continue_loop(due - 1))) {
    --due;
  }
  std::string text;
  const auto trailing = held_.begin() + static_cast<std::ptrdiff_t>(due);
  for (auto row = held_.begin(); row != trailing; ++row) {
    text += print(std::move(*row));
  }
  held_.erase(held_.begin(), trailing);
  if (trace_ && queue_.empty() && !done_) {
    done_ = true;
    text += print_trailing() + print_closing();
  }
  return text;
}

std::string Native::print(Row row) {
  auto end = end_of(row);
  auto lines = lines_of(row, end);
  printed_.push_back(Printed{std::move(row), std::move(end), std::move(lines)});
  return joined(printed_.back().lines);
}

/// Whether a held row shows one router, which answered an earlier row but not the one before.
bool Native::may_continue_loop(std::size_t index) const {
  const std::optional<IpAddress> router = sole_responder(held_[index].hop());
  std::vector<std::optional<IpAddress>> before;
  for (const Printed& printed : printed_) {
    before.push_back(sole_responder(printed.row.hop()));
  }
  for (std::size_t i = 0; i < index; ++i) {
    before.push_back(sole_responder(held_[i].hop()));
  }
  return router && !before.empty() && before.back() != router
         && std::ranges::find(before, router) != before.end();
}

bool Native::repeats_loop(const Row& row) const {
  return loop_ && row.ttl.value() >= loop_->first.value() + loop_->length && row.ttl <= loop_->last;
}

/// Whether a held row has no answer of its own to show when the trace is over.
bool Native::is_folded(const Row& row) const {
  return repeats_loop(row) || row.hop().is_silent();
}

/// Whether two folded rows show the same.
bool Native::folds_with(const Row& first, const Row& row) const {
  return is_folded(row) && repeats_loop(first) == repeats_loop(row)
         && (repeats_loop(row) || is_same_silence(first.hop(), row.hop()));
}

std::string Native::folded_text(std::span<const Row> rows) const {
  if (repeats_loop(rows.front())) {
    return fmt::format(
        "repeat hops {}-{}", loop_->first.value(), loop_->first.value() + loop_->length - 1);
  }
  model::Hop all = rows.front().hop();
  for (const Row& row : rows.subspan(1)) {
    std::ranges::copy(row.hop().probes, std::back_inserter(all.probes));
  }
  return silence_text(all);
}

std::string Native::print_trailing() {
  std::string text;
  for (auto first = held_.begin(); first != held_.end();) {
    if (!is_folded(*first)) {
      text += print(std::move(*first++));
      continue;
    }
    const auto past =
        std::find_if(first, held_.end(), [&](const Row& row) { return !folds_with(*first, row); });
    text +=
        folded_rows(
            first->ttl, std::prev(past)->ttl, folded_text(std::span{first, past}), layout_.palette)
        + '\n';
    first = past;
  }
  return text;
}

std::string Native::print_closing() {
  const bool has_rows = !printed_.empty() || !held_.empty();
  const std::string sentence = closing_sentence(*trace_);
  const std::string_view word = std::string_view{sentence}.substr(0, sentence.find_first_of(":;"));
  const bool decided = sentence.starts_with(name(trace_->verdict.state));
  std::string text = has_rows ? "\n" : "";
  text += decided ? layout_.palette.state(trace_->verdict.state, word) : layout_.palette.bad(word);
  text += sentence.substr(word.size()) + '\n';
  for (const model::Finding& finding : trace_->findings) {
    // local_losses(), or the closing sentence, has the same text.
    text += finding.kind == model::FindingKind::NotSent ? "" : finding_line(finding);
  }
  for (const std::string& loss : local_losses(*trace_)) {
    text += fmt::format("  {:<9}  {}\n", "this host", loss);
  }
  return text;
}

std::optional<RowEnd> Native::end_of(const Row& row) const {
  if (!trace_) {
    return std::nullopt;
  }
  const model::Verdict& verdict = trace_->verdict;
  const bool on_target_row = verdict.distance == row.ttl;
  const bool on_last_row = !verdict.distance && verdict.stop == model::StopReason::Unreachable
                           && std::ranges::any_of(row.probes, may_be_last);
  if (!on_target_row && !on_last_row) {
    return std::nullopt;
  }
  const model::Reply* reply = model::deciding_reply(*trace_);
  return RowEnd{
      .state = verdict.state,
      .text = state_text(*trace_),
      .from = reply != nullptr ? reply->from : trace_->target.address};
}

std::vector<std::string> Native::lines_of(const Row& row, const std::optional<RowEnd>& end) {
  const model::Hop hop = row.hop();
  return hop.is_silent()
             ? std::vector{folded_rows(row.ttl, row.ttl, silence_text(hop), layout_.palette)}
             : answered_row(hop, names_, layout_, end);
}

/// Rewrites the rows still on the screen, from the first changed one down. Stops at a row that the
/// terminal may have wrapped, because the number of screen lines it takes is unknown.
std::string Native::redraw() {
  if (!options_.rewrite || done_) {
    return {};
  }
  const auto fits = [&](const std::vector<std::string>& lines) {
    const auto columns = static_cast<std::size_t>(options_.columns);
    return std::ranges::all_of(
        lines, [&](const std::string& line) { return line.size() < columns; });
  };
  std::size_t below = 0;     // screen lines from this row to the cursor
  std::size_t lines_up = 0;  // the same for the first changed row
  std::string text;
  std::string changed;
  for (auto& printed : std::views::reverse(printed_)) {
    auto lines = lines_of(printed.row, printed.end);
    below += printed.lines.size();
    if (below >= static_cast<std::size_t>(options_.height) || !fits(lines)
        || !fits(printed.lines)) {
      break;
    }
    text.insert(0, joined(lines));
    if (lines != printed.lines) {
      printed.lines = std::move(lines);
      lines_up = below;
      changed = text;
    }
  }
  return lines_up == 0 ? "" : fmt::format("\x1b[{}A\r\x1b[J{}", lines_up, changed);
}

}  // namespace synroute::present
