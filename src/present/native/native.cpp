// SPDX-License-Identifier: Apache-2.0
#include "present/native/native.hpp"

#include "base/text.hpp"
#include "model/waited.hpp"
#include "present/native/closing.hpp"
#include "present/native/native_text.hpp"
#include "present/native/row_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

namespace synroute::present {
namespace {

/// Whether this answer may end the path, which only the verdict decides.
bool may_be_last(const model::ProbeRecord& record) {
  const model::Reply* reply = record.reply();
  return reply != nullptr && reply->kind != model::ReplyKind::TimeExceeded;
}

std::optional<IpAddress> sole_responder(const model::Hop& hop) {
  const auto responders = hop.responders();
  return responders.size() == 1 ? std::optional{responders.front().address} : std::nullopt;
}

}  // namespace

Native::Native(const NativeOptions& options)
    : options_{options},
      layout_{
          .palette = Palette{options.color}, .names = options.names, .columns = options.columns},
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
  progress_.tick(now);
  done_ = done_ || (names_due_ && now >= *names_due_);
  return {.out = with_status(release(now)), .err = {}};
}

seam::Text Native::redrawn() {
  if (!options_.rewrite || heading_.empty() || done_) {
    return {};
  }
  std::string text = '\n' + heading_;
  for (const Printed& printed : printed_) {
    text += joined(printed.lines);
  }
  text += joined(closing_);
  shown_status_.clear();
  return {.out = with_status(std::move(text)), .err = {}};
}

/// The status line stands below all rows: other text takes its place, and it follows that text
/// until the trace is over.
std::string Native::with_status(std::string text) {
  const std::string status = status_text();
  const bool changes = !text.empty() || status != shown_status_;
  if (!changes) {
    return text;
  }
  if (!shown_status_.empty()) {
    text.insert(0, "\x1b[1A\r\x1b[J");
  }
  shown_status_ = status;
  return text + shown_status_;
}

/// What is known so far, else how far the trace is. Only for a terminal, where it is replaced.
std::string Native::status_text() const {
  if (!options_.rewrite || done_ || trace_) {
    return {};
  }
  const std::string text = status_.empty() ? progress_.text() : status_;
  const bool fits = options_.columns == 0 || width(text) < options_.columns;
  return text.empty() || !fits ? "" : layout_.palette.dim(text) + '\n';
}

std::optional<Instant> Native::deadline() const {
  const bool shows_progress = options_.rewrite && !trace_;
  const auto next = shows_progress ? progress_.deadline() : std::nullopt;
  return done_ ? std::nullopt : earliest(earliest(queue_.deadline(), next), names_due_);
}

std::string Native::note(const model::TraceStarted& started, Instant at) {
  queue_ = RowQueue<Row>{RowPosition{started.head.first_ttl}, options_.name_wait};
  layout_.address_width =
      std::max(layout_.address_width, started.head.target.address.to_string().size());
  progress_.start(started.head.queries, at);
  heading_ = joined(wrapped(heading(started.head), options_.columns, 4)) + '\n';
  return options_.follows ? '\n' + heading_ : heading_;
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
  progress_.count(record);
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
  for (Printed& printed : printed_) {
    std::ranges::for_each(printed.rows, replace_in);
  }
  return redraw();
}

std::string Native::note(const model::NameKnown& known, Instant) {
  names_.learn(known.address, known.name);
  std::string text = redraw();
  done_ = done_ || (names_due_ && has_all_names());
  return text;
}

std::string Native::note(const model::PortSettled&, Instant) {
  return {};
}

std::string Native::note(const model::DistanceKnown& known, Instant) {
  progress_.know(known.distance);
  return {};
}

std::string Native::note(const model::ProvisionalVerdict& provisional, Instant at) {
  const std::string text = fmt::format(
      "{} so far; listening {} more",
      name(provisional.verdict.state),
      model::wait_text(std::max(provisional.until - at, Duration{})));
  constexpr std::string_view kWhat = " for a report that the host is down";
  const bool fits = options_.columns == 0 || text.size() + kWhat.size() < options_.columns;
  status_ = fits ? text + std::string{kWhat} : text;
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
  const int first =
      printed_.empty() ? trace_->first_ttl : printed_.back().rows.back().ttl.value() + 1;
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
  std::string text = print_all(due);
  if (trace_ && queue_.empty() && closing_.empty()) {
    text += finish(now);
  }
  return text;
}

/// Prints the first held rows, each run of folded ones as one.
std::string Native::print_all(std::size_t count) {
  std::string text;
  const auto end = held_.begin() + static_cast<std::ptrdiff_t>(count);
  for (auto first = held_.begin(); first != end;) {
    const auto past =
        std::find_if(first + 1, end, [&](const Row& row) { return !folds_with(*first, row); });
    text += print({std::move_iterator{first}, std::move_iterator{past}});
    first = past;
  }
  held_.erase(held_.begin(), end);
  return text;
}

/// The closing sentence says it of all rows.
bool Native::nothing_left() const {
  return printed_.empty() && trace_->verdict.stop == model::StopReason::Refused
         && std::ranges::all_of(held_, [](const Row& row) { return row.hop().is_silent(); });
}

std::string Native::finish(Instant now) {
  if (nothing_left()) {
    held_.clear();
  }
  std::string text = print_all(held_.size());
  closing_ = closing_lines(*trace_, layout_.palette, options_.columns);
  if (!printed_.empty()) {
    closing_.insert(closing_.begin(), "");
  }
  const bool interrupted = trace_->verdict.stop == model::StopReason::Interrupted;
  const bool waits = options_.rewrite && options_.names && !interrupted && !has_all_names();
  if (waits && options_.last_name_wait > Duration{}) {
    names_due_ = now + options_.last_name_wait;
  }
  done_ = !names_due_;
  return text + joined(closing_);
}

/// Of the routers shown.
bool Native::has_all_names() const {
  return std::ranges::all_of(printed_, [this](const Printed& printed) {
    return std::ranges::all_of(printed.rows, [this](const Row& row) {
      return std::ranges::all_of(row.hop().responders(), [this](const model::Responder& responder) {
        return names_.is_settled(responder.address);
      });
    });
  });
}

std::string Native::print(std::vector<Row> rows) {
  auto lines = lines_of(rows);
  printed_.push_back(Printed{std::move(rows), std::move(lines)});
  return joined(printed_.back().lines);
}

/// Whether a held row shows one router, which answered an earlier row but not the one before.
bool Native::may_continue_loop(std::size_t index) const {
  const std::optional<IpAddress> router = sole_responder(held_[index].hop());
  std::vector<std::optional<IpAddress>> before;
  for (const Printed& printed : printed_) {
    for (const Row& row : printed.rows) {
      before.push_back(sole_responder(row.hop()));
    }
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

/// Whether a row has no answer of its own to show.
bool Native::is_folded(const Row& row) const {
  return repeats_loop(row) || row.hop().is_silent();
}

/// Whether two folded rows show the same.
bool Native::folds_with(const Row& first, const Row& row) const {
  return is_folded(first) && is_folded(row) && repeats_loop(first) == repeats_loop(row)
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

/// Rows with their own answers, and one line for each run of rows without.
std::vector<std::string> Native::lines_of(std::span<const Row> rows) {
  std::vector<std::string> lines;
  while (!rows.empty()) {
    const Row& first = rows.front();
    const auto past = std::find_if(
        rows.begin() + 1, rows.end(), [&](const Row& row) { return !folds_with(first, row); });
    const std::span run{rows.begin(), past};
    std::ranges::move(
        is_folded(first) ? folded_rows(first.ttl, run.back().ttl, folded_text(run), layout_)
                         : answered_row(first.hop(), names_, layout_, end_of(first)),
        std::back_inserter(lines));
    rows = rows.subspan(run.size());
  }
  return lines;
}

/// Rewrites the rows still on the screen, from the first changed one down.
std::string Native::redraw() {
  if (!options_.rewrite || done_) {
    return {};
  }
  std::size_t below = closing_.size();  // screen lines from this row to the cursor
  std::size_t lines_up = 0;             // the same for the first changed row
  std::string text = joined(closing_);
  std::string changed;
  for (auto& printed : std::views::reverse(printed_)) {
    auto lines = lines_of(printed.rows);
    below += printed.lines.size();
    if (below >= static_cast<std::size_t>(options_.height)) {
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
