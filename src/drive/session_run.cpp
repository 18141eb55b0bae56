// SPDX-License-Identifier: Apache-2.0
#include "drive/session_run.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace synroute::drive {
namespace {

constexpr Duration kProgressEvery = std::chrono::milliseconds{500};

/// For packets that are not probes: reports about them are ignored.
constexpr ProbeId kNoProbe{0xffffffff};

seam::Token token_of(const Lane& lane, ProbeId probe) {
  return seam::Token{lane.number} << 32 | probe.value();
}
std::uint32_t lane_of(seam::Token token) {
  return static_cast<std::uint32_t>(token >> 32);
}
ProbeId probe_of(seam::Token token) {
  return ProbeId{static_cast<std::uint32_t>(token)};
}

/// Of what is reported about one probe.
seam::Token token_of(const seam::Incoming& incoming) {
  if (const auto* sent = std::get_if<seam::Sent>(&incoming)) {
    return sent->token;
  }
  if (const auto* left = std::get_if<seam::Left>(&incoming)) {
    return left->token;
  }
  return std::get<seam::NotSent>(incoming).token;
}

void report(engine::Engine& engine, const seam::Incoming& incoming, seam::Waiter& waiter) {
  if (const auto* sent = std::get_if<seam::Sent>(&incoming)) {
    engine.sent(probe_of(sent->token), sent->at);
  } else if (const auto* left = std::get_if<seam::Left>(&incoming)) {
    engine.departed(probe_of(left->token), left->device, left->translation, left->changed_ttl);
  } else if (const auto* not_sent = std::get_if<seam::NotSent>(&incoming)) {
    engine.refused(probe_of(not_sent->token), not_sent->why, waiter.now(), not_sent->missing_hop);
  }
}

/// The target that an answer is about, as far as its addresses tell: a box that translates
/// destinations may show another.
const IpAddress& target_of(const wire::Datagram& datagram) {
  const auto* icmp = datagram.icmp();
  return icmp != nullptr && icmp->quote ? icmp->quote->destination : datagram.ip.source;
}

}  // namespace

Outcome Session::run() {
  return Run{*this}.run();
}

Session::Run::Run(Session& session)
    : session_{session},
      pacer_{session.options_.rates},
      waiting_{lanes_, pacer_, std::move(session.options_.source)},
      names_{session.resolver_},
      counts_from_start_{session.transport_.traits().method != model::Method::Replay} {
  for (NewLane& parts : std::exchange(session.first_, {})) {
    waiting_.add(std::move(parts));
  }
}

Outcome Session::Run::run() {
  while (!all_done() && !outcome_.reader_gone) {
    // Of before the reading: an answer that comes between it and the clock has not been read.
    const Instant now = session_.waiter_.now();
    take_answers();
    start_lanes();
    fire_deadlines(now);
    take_names();
    send_batch();
    print();
    report_progress();
    if (all_done() || outcome_.reader_gone) {
      break;
    }
    const seam::Wake wake = session_.waiter_.wait(deadline());
    if (wake == seam::Wake::Continued) {
      lanes_.draw_again();
    } else if (wake == seam::Wake::Interrupted) {
      take_answers();
      interrupt();
      print();
      break;
    }
  }
  return std::move(outcome_);
}

// --- starting ------------------------------------------------------------------------------------

void Session::Run::start_lanes() {
  const Instant now = session_.waiter_.now();
  while (lanes_.active_count() < session_.options_.concurrent_max) {
    Lane* lane = waiting_.next(now);
    if (lane == nullptr) {
      break;
    }
    start(*lane);
  }
  const bool has_room = lanes_.active_count() < session_.options_.concurrent_max;
  next_start_ = has_room ? waiting_.ready_at() : std::nullopt;
  has_turned_ = true;
}

void Session::Run::start(Lane& lane) {
  // The traces that start in the first turn own what the transport counted before them.
  lane.counted_before = has_turned_ ? counted_ : model::Counters{};
  has_many_ = has_many_ || lanes_.size() > 1 || !waiting_.is_exhausted();
  lanes_.start(lane);
  if (missed_deliveries_) {
    lane.engine().note_missed_deliveries();
  }
  lane.engine().advance(session_.waiter_.now());
  drain(lane);
}

/// There may be room for another trace now.
void Session::Run::look_for_more() {
  if (!waiting_.is_exhausted()) {
    next_start_ = Instant{};
  }
}

// --- what comes in -------------------------------------------------------------------------------

void Session::Run::take_answers() {
  incoming_.clear();
  session_.transport_.receive(incoming_);
  counted_ = session_.transport_.counters();
  if (!missed_deliveries_ && session_.transport_.has_missed_deliveries()) {
    note_missed_deliveries();
  }
  for (const seam::Incoming& incoming : incoming_) {
    take(incoming);
  }
}

void Session::Run::note_missed_deliveries() {
  missed_deliveries_ = true;
  for (const std::uint32_t number : lanes_.active()) {
    lanes_.find(number)->engine().note_missed_deliveries();
  }
}

void Session::Run::take(const seam::Incoming& incoming) {
  if (const auto* received = std::get_if<seam::Received>(&incoming)) {
    take(*received);
    return;
  }
  if (const auto* delivered = std::get_if<seam::Delivered>(&incoming)) {
    offer(delivered->datagram, [delivered](engine::Engine& engine) {
      return engine.delivered(delivered->datagram);
    });
    return;
  }
  const seam::Token token = token_of(incoming);
  Lane* lane = lanes_.find(lane_of(token));
  if (probe_of(token) != kNoProbe && lane != nullptr && !lane->ended) {
    report(lane->engine(), incoming, session_.waiter_);
    drain(*lane);
  }
}

void Session::Run::take(const seam::Received& received) {
  if (received.about) {
    Lane* lane = lanes_.find(lane_of(*received.about));
    if (lane != nullptr && !lane->ended) {
      lane->engine().handle(received.datagram, received.received, probe_of(*received.about));
      drain(*lane);
    }
    return;
  }
  offer(received.datagram, [&received](engine::Engine& engine) {
    return engine.handle(received.datagram, received.received);
  });
}

/// Shows a packet to the engines in turn, until one says that it is its own: first to those whose
/// target it names. The others are not asked about a late answer to a trace that is over.
template <class Show>
void Session::Run::offer(const wire::Datagram& datagram, const Show& show) {
  const auto likely = lanes_.active_at(target_of(datagram));
  const auto asker = sent_.lane_of(datagram);
  if (is_taken(likely, show) || (asker && lanes_.is_over(*asker))) {
    return;
  }
  std::vector<std::uint32_t> others = lanes_.active();
  std::erase_if(others, [&](std::uint32_t number) {
    return std::ranges::find(likely, number) != likely.end();
  });
  static_cast<void>(is_taken(others, show));
}

template <class Show>
bool Session::Run::is_taken(std::span<const std::uint32_t> numbers, const Show& show) {
  for (const std::uint32_t number : numbers) {
    Lane* lane = lanes_.find(number);
    if (lane == nullptr || lane->ended) {
      continue;
    }
    const engine::Claim claim = show(lane->engine());
    if (claim == engine::Claim::Foreign) {
      continue;  // which changes nothing
    }
    drain(*lane);
    if (claim == engine::Claim::Mine) {
      return true;
    }
  }
  return false;
}

void Session::Run::fire_deadlines(Instant now) {
  for (const std::uint32_t number : lanes_.due(now)) {
    Lane& lane = *lanes_.find(number);
    const auto engine_due = lane.ended ? std::nullopt : lane.engine().deadline();
    if (engine_due && *engine_due <= now) {
      lane.engine().advance(now);
    }
    for (const auto& presenter : lane.parts.presenters) {
      const auto due = presenter->deadline();
      if (due && *due <= now) {
        lane.held.add(presenter->advance(now));
      }
    }
    drain(lane);
  }
}

void Session::Run::take_names() {
  const Instant now = session_.waiter_.now();
  for (const seam::NameAnswer& answer : names_.receive()) {
    for (const std::uint32_t number : names_.take_askers(answer.address)) {
      if (Lane* lane = lanes_.find(number)) {
        lane->tell({now, model::NameKnown{.address = answer.address, .name = answer.name}});
        drain(*lane);
      }
    }
  }
}

// --- what goes out -------------------------------------------------------------------------------

/// Takes what an engine has put out, and notes what has become of its lane.
void Session::Run::drain(Lane& lane) {
  if (lane.released) {
    return;
  }
  while (auto output = lane.engine().poll()) {
    if (auto* probe = std::get_if<engine::SendProbe>(&*output)) {
      pacer_.take(lane.engine().head().target.address, session_.waiter_.now());
      if (has_many_) {
        sent_.add(probe->datagram, lane.number);
      }
      batch_.push_back(
          {.token = token_of(lane, probe->id), .datagram = std::move(probe->datagram)});
    } else if (auto* packet = std::get_if<engine::SendPacket>(&*output)) {
      batch_.push_back(
          {.token = token_of(lane, kNoProbe), .datagram = std::move(packet->datagram)});
    } else if (auto* event = std::get_if<model::Event>(&*output)) {
      observe(lane, std::move(*event));
    }
  }
  if (!lane.ended && lane.engine().finished()) {
    lanes_.end(lane);
    look_for_more();
  }
  lanes_.touch(lane);
  if (lane.is_done()) {
    finish(lane);
  }
}

/// Its text may have to wait for that of others; nothing else of it is kept.
void Session::Run::finish(Lane& lane) {
  if (lane.trace && session_.options_.finished) {
    session_.options_.finished(std::move(*std::exchange(lane.trace, std::nullopt)));
  }
  lane.release();
  ++progress_.done;
  if (!session_.options_.in_order) {
    over_.push_back(lane.number);
  }
}

void Session::Run::observe(Lane& lane, model::Event event) {
  auto* finished = std::get_if<model::TraceFinished>(&event.what);
  if (finished != nullptr) {
    finished->trace.counters += counts_from_start_ ? counted_.since(lane.counted_before) : counted_;
    if (session_.options_.infer) {
      finished->trace.findings = session_.options_.infer(finished->trace);
    }
  }
  const auto known = names_.ask(lane, event);
  lane.tell(event);
  if (known) {
    lane.tell({event.at, *known});
  }
  if (finished != nullptr) {
    lane.trace = std::move(finished->trace);
  }
}

/// Sends until nothing is left: the reports about sent probes may make engines send more.
void Session::Run::send_batch() {
  while (!batch_.empty()) {
    const std::vector<seam::Outgoing> batch = std::exchange(batch_, {});
    progress_.sent += batch.size();
    session_.transport_.send(batch);
    take_answers();
  }
}

void Session::Run::print() {
  Transcript text;
  const auto move_text = [&text](Lane& lane) {
    for (seam::Text& each : lane.held.take()) {
      text.add(std::move(each));
    }
  };
  std::vector<std::uint32_t> closing = std::exchange(over_, {});
  for (const std::uint32_t number : closing) {
    if (Lane* lane = lanes_.find(number)) {
      move_text(*lane);
    }
  }
  if (session_.options_.in_order) {
    for (auto& [number, lane] : lanes_.all()) {
      move_text(lane);
      if (!lane.released) {
        break;
      }
      closing.push_back(number);
    }
  }
  write(text);
  for (const std::uint32_t number : closing) {
    if (Lane* lane = lanes_.find(number)) {
      close(*lane);
    }
  }
}

void Session::Run::write(Transcript& text) {
  for (const seam::Text& each : text.take()) {
    outcome_.reader_gone = !session_.sink_(each) || outcome_.reader_gone;
  }
}

void Session::Run::close(Lane& lane) {
  if (lane.trace) {
    outcome_.traces.push_back(std::move(*lane.trace));
  }
  lanes_.erase(lane);
  look_for_more();
}

void Session::Run::report_progress() {
  const Instant now = session_.waiter_.now();
  if (session_.options_.progress && now - progress_told_ >= kProgressEvery) {
    progress_told_ = now;
    progress_.active = lanes_.active_count();
    session_.options_.progress(progress_);
  }
}

void Session::Run::interrupt() {
  outcome_.interrupted = true;
  waiting_.clear();
  const Instant now = session_.waiter_.now();
  for (auto& [number, lane] : lanes_.all()) {
    if (!lane.ended) {
      lane.engine().interrupt(now);
    }
    drain(lane);
    for (const auto& presenter : lane.parts.presenters) {
      while (const auto due = presenter->deadline()) {  // without waiting for names
        lane.held.add(presenter->advance(*due));
      }
    }
    drain(lane);
  }
  batch_.clear();
}

std::optional<Instant> Session::Run::deadline() {
  std::optional<Instant> next = earliest(session_.transport_.deadline(), lanes_.next_due());
  return earliest(earliest(next, next_start_), names_.deadline());
}

}  // namespace synroute::drive
