// SPDX-License-Identifier: Apache-2.0
#include "drive/session.hpp"

#include "drive/transcript.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace synroute::drive {
namespace {

seam::Token token_of(std::size_t lane, ProbeId probe) {
  return seam::Token{lane} << 32 | probe.value();
}
/// For packets that are not probes: reports about them are ignored.
constexpr ProbeId kNoProbe{0xffffffff};

std::size_t lane_of(seam::Token token) {
  return token >> 32;
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

void report(engine::Engine& engine, const seam::Incoming& incoming) {
  if (const auto* sent = std::get_if<seam::Sent>(&incoming)) {
    engine.sent(probe_of(sent->token), sent->at);
  } else if (const auto* left = std::get_if<seam::Left>(&incoming)) {
    engine.departed(probe_of(left->token), left->device, left->translation);
  } else if (const auto* not_sent = std::get_if<seam::NotSent>(&incoming)) {
    engine.refused(probe_of(not_sent->token), not_sent->why);
  }
}

}  // namespace

/// One trace: its engine, its presenters, and text that waits for earlier traces.
struct Session::Lane {
  std::unique_ptr<engine::Engine> engine;
  std::vector<std::unique_ptr<seam::Presenter>> presenters;
  Transcript held;
  bool started = false;
  std::optional<model::Trace> trace;
  std::set<IpAddress> addresses;  ///< whose names its presenters are told

  [[nodiscard]] bool is_active() const { return started && !engine->finished(); }
  [[nodiscard]] bool is_done() const {
    return started && engine->finished()
           && std::ranges::all_of(presenters, [](const auto& each) { return each->done(); });
  }
  void tell(const model::Event& event) {
    for (const auto& presenter : presenters) {
      held.add(presenter->on(event));
    }
  }
};

/// The state of one run of a session.
class Session::Run {
 public:
  explicit Run(Session& session) : session_{session} {}
  Outcome run();

 private:
  [[nodiscard]] std::size_t active() const;
  void start_lanes();
  void take_answers();
  void take(const seam::Incoming& incoming);
  void take(const seam::Received& received);
  void offer(const std::function<engine::Claim(engine::Engine&)>& show);
  void fire_deadlines(Instant now);
  void take_names();
  void drain(std::size_t index);
  void observe(std::size_t index, model::Event event);
  void ask_name(std::size_t index, const model::Event& event);
  void send_batch();
  void print();
  void interrupt();
  [[nodiscard]] bool all_done() const;
  [[nodiscard]] std::optional<Instant> deadline() const;

  Session& session_;
  std::vector<seam::Outgoing> batch_;
  std::vector<seam::Incoming> incoming_;
  std::vector<seam::NameAnswer> names_;
  Outcome outcome_;
};

Session::Session(
    seam::Transport& transport,
    seam::Waiter& waiter,
    seam::Resolver* resolver,
    TextSink sink,
    SessionOptions options)
    : transport_{transport},
      waiter_{waiter},
      resolver_{resolver},
      sink_{std::move(sink)},
      options_{std::move(options)} {}

Session::~Session() = default;

void Session::add(
    std::unique_ptr<engine::Engine> engine,
    std::vector<std::unique_ptr<seam::Presenter>> presenters) {
  auto lane = std::make_unique<Lane>();
  lane->engine = std::move(engine);
  lane->presenters = std::move(presenters);
  lanes_.push_back(std::move(lane));
}

Outcome Session::run() {
  return Run{*this}.run();
}

Outcome Session::Run::run() {
  while (!all_done() && !outcome_.reader_gone) {
    take_answers();
    start_lanes();
    fire_deadlines(session_.waiter_.now());
    take_names();
    send_batch();
    print();
    if (all_done() || outcome_.reader_gone) {
      break;
    }
    if (session_.waiter_.wait(deadline()) == seam::Wake::Interrupted) {
      take_answers();
      interrupt();
      print();
      break;
    }
  }
  for (const auto& lane : session_.lanes_) {
    if (auto& trace = lane->trace) {
      outcome_.traces.push_back(std::move(*trace));
    }
  }
  return std::move(outcome_);
}

bool Session::Run::all_done() const {
  return std::ranges::all_of(session_.lanes_, [](const auto& lane) { return lane->is_done(); });
}

std::size_t Session::Run::active() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(session_.lanes_, [](const auto& lane) { return lane->is_active(); }));
}

void Session::Run::start_lanes() {
  std::size_t active = this->active();
  for (std::size_t i = 0; i < session_.lanes_.size(); ++i) {
    Lane& lane = *session_.lanes_[i];
    if (lane.started || active >= session_.options_.concurrent_max) {
      continue;
    }
    lane.started = true;
    ++active;
    lane.engine->advance(session_.waiter_.now());
    drain(i);
  }
}

void Session::Run::take_answers() {
  incoming_.clear();
  session_.transport_.receive(incoming_);
  const model::Counters counters = session_.transport_.counters();
  const bool missed = session_.transport_.has_missed_deliveries();
  for (const auto& lane : session_.lanes_) {
    lane->engine->note_counters(counters);
    if (missed) {
      lane->engine->note_missed_deliveries();
    }
  }
  for (const seam::Incoming& incoming : incoming_) {
    take(incoming);
  }
}

void Session::Run::take(const seam::Incoming& incoming) {
  if (const auto* received = std::get_if<seam::Received>(&incoming)) {
    take(*received);
    return;
  }
  if (const auto* delivered = std::get_if<seam::Delivered>(&incoming)) {
    offer([delivered](engine::Engine& engine) { return engine.delivered(delivered->datagram); });
    return;
  }
  const seam::Token token = token_of(incoming);
  if (probe_of(token) == kNoProbe) {
    return;
  }
  const std::size_t index = lane_of(token);
  report(*session_.lanes_[index]->engine, incoming);
  drain(index);
}

void Session::Run::take(const seam::Received& received) {
  if (received.about) {
    const std::size_t index = lane_of(*received.about);
    session_.lanes_[index]->engine->handle(
        received.datagram, received.received, probe_of(*received.about));
    drain(index);
    return;
  }
  offer([&received](engine::Engine& engine) {
    return engine.handle(received.datagram, received.received);
  });
}

/// Shows a packet to the engines in turn, until one says that it is its own.
void Session::Run::offer(const std::function<engine::Claim(engine::Engine&)>& show) {
  for (std::size_t i = 0; i < session_.lanes_.size(); ++i) {
    Lane& lane = *session_.lanes_[i];
    if (!lane.is_active()) {
      continue;
    }
    const engine::Claim claim = show(*lane.engine);
    drain(i);
    if (claim == engine::Claim::Mine) {
      return;
    }
  }
}

void Session::Run::fire_deadlines(Instant now) {
  for (std::size_t i = 0; i < session_.lanes_.size(); ++i) {
    Lane& lane = *session_.lanes_[i];
    if (!lane.started) {
      continue;
    }
    const auto due = lane.engine->deadline();
    if (due && *due <= now) {
      lane.engine->advance(now);
      drain(i);
    }
    for (const auto& presenter : lane.presenters) {
      const auto text_due = presenter->deadline();
      if (text_due && *text_due <= now) {
        lane.held.add(presenter->advance(now));
      }
    }
  }
}

void Session::Run::take_names() {
  if (session_.resolver_ == nullptr) {
    return;
  }
  names_.clear();
  session_.resolver_->receive(names_);
  const Instant now = session_.waiter_.now();
  for (const seam::NameAnswer& answer : names_) {
    for (const auto& lane : session_.lanes_) {
      if (lane->addresses.contains(answer.address)) {
        lane->tell({now, model::NameKnown{.address = answer.address, .name = answer.name}});
      }
    }
  }
}

void Session::Run::drain(std::size_t index) {
  while (auto output = session_.lanes_[index]->engine->poll()) {
    if (auto* probe = std::get_if<engine::SendProbe>(&*output)) {
      batch_.push_back(
          {.token = token_of(index, probe->id), .datagram = std::move(probe->datagram)});
    } else if (auto* packet = std::get_if<engine::SendPacket>(&*output)) {
      batch_.push_back(
          {.token = token_of(index, kNoProbe), .datagram = std::move(packet->datagram)});
    } else if (auto* event = std::get_if<model::Event>(&*output)) {
      observe(index, std::move(*event));
    }
  }
}

void Session::Run::observe(std::size_t index, model::Event event) {
  Lane& lane = *session_.lanes_[index];
  ask_name(index, event);
  auto* finished = std::get_if<model::TraceFinished>(&event.what);
  if (finished != nullptr && session_.options_.infer) {
    finished->trace.findings = session_.options_.infer(finished->trace);
  }
  lane.tell(event);
  if (finished != nullptr) {
    lane.trace = std::move(finished->trace);
  }
}

/// Looks up every address that is shown: the target's at once, the others' as they answer.
void Session::Run::ask_name(std::size_t index, const model::Event& event) {
  if (session_.resolver_ == nullptr) {
    return;
  }
  std::optional<IpAddress> address;
  if (const auto* started = std::get_if<model::TraceStarted>(&event.what)) {
    address = started->head.target.address;
  } else if (const auto* settled = std::get_if<model::ProbeSettled>(&event.what)) {
    const model::Reply* reply = settled->record.reply();
    address = reply != nullptr ? std::optional{reply->from} : std::nullopt;
  }
  if (address && session_.lanes_[index]->addresses.insert(*address).second) {
    session_.resolver_->ask(*address);
  }
}

/// Sends until nothing is left: the reports about sent probes may make engines send more.
void Session::Run::send_batch() {
  while (!batch_.empty()) {
    const std::vector<seam::Outgoing> batch = std::exchange(batch_, {});
    session_.transport_.send(batch);
    take_answers();
  }
}

void Session::Run::print() {
  Transcript held;
  for (const auto& lane : session_.lanes_) {
    for (seam::Text& text : lane->held.take()) {
      held.add(std::move(text));
    }
    if (!lane->is_done()) {
      break;
    }
  }
  for (const seam::Text& text : held.take()) {
    outcome_.reader_gone = !session_.sink_(text) || outcome_.reader_gone;
  }
}

void Session::Run::interrupt() {
  outcome_.interrupted = true;
  const Instant now = session_.waiter_.now();
  for (std::size_t i = 0; i < session_.lanes_.size(); ++i) {
    Lane& lane = *session_.lanes_[i];
    if (!lane.started) {
      continue;
    }
    lane.engine->interrupt(now);
    drain(i);
    for (const auto& presenter : lane.presenters) {
      while (const auto due = presenter->deadline()) {  // without waiting for names
        lane.held.add(presenter->advance(*due));
      }
    }
  }
  batch_.clear();
}

std::optional<Instant> Session::Run::deadline() const {
  std::optional<Instant> next = session_.transport_.deadline();
  const bool has_room = active() < session_.options_.concurrent_max;
  for (const auto& lane : session_.lanes_) {
    if (!lane->started && has_room) {
      return session_.waiter_.now();  // an answer taken since start_lanes() finished another one
    }
    if (!lane->started) {
      continue;
    }
    next = earliest(next, lane->engine->deadline());
    for (const auto& presenter : lane->presenters) {
      next = earliest(next, presenter->deadline());
    }
  }
  if (session_.resolver_ != nullptr && session_.resolver_->pending() > 0) {
    next = earliest(next, session_.resolver_->deadline());
  }
  return next;
}

}  // namespace synroute::drive
