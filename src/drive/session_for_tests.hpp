// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "drive/session.hpp"
#include "support/reply_packets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// A transport, a waiter, engines and presenters that write down what happens to them, in one
/// journal, so that its order can be tested.
namespace synroute::drive {

using std::chrono::milliseconds;

inline Instant at(int millis) {
  return Instant{milliseconds{millis}};
}

using Journal = std::vector<std::string>;

/// "a0": the probe with TTL 1 to the first target; probes to a target are told apart by their TTL.
inline std::string name_of(const wire::Datagram& probe) {
  const auto last_byte = static_cast<char>('a' + probe.tcp()->header.destination_port.value());
  return last_byte + std::to_string(probe.ip.ttl.value() - 1);
}

/// The network's part in a test: when which packet or report comes for which probe.
class ScriptedTransport final : public seam::Transport {
 public:
  struct Reply {
    Duration after{};
    wire::Datagram datagram;
    bool names_probe = false;  ///< the transport knows which probe it answers
  };

  explicit ScriptedTransport(Journal& journal, const Instant& now) : journal_{journal}, now_{now} {}

  /// Probes by name (see name_of()), and what becomes of them; others stay unanswered.
  std::map<std::string, std::function<Reply(const wire::Datagram&)>> replies;
  /// Probes this host refuses.
  std::map<std::string, model::Refusal> refusals;
  /// How much later than the call of send() the kernel says a probe left.
  std::map<std::string, Duration> delays;
  /// What became of packets with the RST flag: refused when set.
  bool refuses_resets = false;
  std::vector<seam::Token> tokens;  ///< of everything sent
  std::function<void()> after_receiving;

  [[nodiscard]] seam::TransportTraits traits() const override { return {}; }
  void send(std::span<const seam::Outgoing> batch) override {
    std::string line = "send";
    for (const seam::Outgoing& packet : batch) {
      tokens.push_back(packet.token);
      const bool is_reset = packet.datagram.tcp()->header.flags == wire::TcpFlag::Rst;
      line += is_reset ? " RST" : " " + name_of(packet.datagram);
      report(packet, is_reset);
    }
    journal_.push_back(line);
  }
  void receive(std::vector<seam::Incoming>& into) override {
    journal_.emplace_back("receive");
    while (!coming_.empty() && coming_.begin()->first <= now_) {
      into.push_back(std::move(coming_.extract(coming_.begin()).mapped()));
    }
    if (after_receiving) {
      after_receiving();
    }
  }
  [[nodiscard]] model::Counters counters() const override { return {.malformed = 3}; }
  /// When the next packet or report comes.
  [[nodiscard]] std::optional<Instant> next() const {
    return coming_.empty() ? std::nullopt : std::optional{coming_.begin()->first};
  }

 private:
  void report(const seam::Outgoing& packet, bool is_reset) {
    const std::string name = name_of(packet.datagram);
    if (is_reset ? refuses_resets : refusals.contains(name)) {
      const auto why = is_reset ? model::Refusal::NoBuffers : refusals[name];
      coming_.emplace(now_, seam::NotSent{.token = packet.token, .why = why});
      return;
    }
    coming_.emplace(now_, seam::Sent{.token = packet.token, .at = now_ + delays[name]});
    if (const auto found = replies.find(name); found != replies.end() && !is_reset) {
      const Reply reply = found->second(packet.datagram);
      const Instant when = now_ + reply.after;
      const auto about = reply.names_probe ? std::optional{packet.token} : std::nullopt;
      coming_.emplace(
          when, seam::Received{.datagram = reply.datagram, .received = when, .about = about});
    }
  }

  Journal& journal_;
  const Instant& now_;
  std::multimap<Instant, seam::Incoming> coming_;
};

/// The answer of the target after this time.
inline std::function<ScriptedTransport::Reply(const wire::Datagram&)> syn_ack_after(int millis) {
  return [millis](const wire::Datagram& probe) {
    return ScriptedTransport::Reply{
        .after = milliseconds{millis}, .datagram = support::segment(probe, support::kSynAck)};
  };
}

/// Virtual time, which may oversleep and may be interrupted.
class ScriptedWaiter final : public seam::Waiter {
 public:
  explicit ScriptedWaiter(Journal& journal) : journal_{journal} {}

  Instant time;
  /// Every wait ends this much later than it should.
  Duration oversleeps{};
  /// The first wait that would reach this time ends there, interrupted.
  std::optional<Instant> interrupted_at;
  /// Wakes waits up.
  std::function<std::optional<Instant>()> activity = [] { return std::nullopt; };
  int waits = 0;

  [[nodiscard]] Instant now() override { return time; }
  [[nodiscard]] WallTime wall() override { return {}; }
  seam::Wake wait(std::optional<Instant> until) override {
    journal_.emplace_back("wait");
    ++waits;
    const auto due = earliest(until, activity());
    if (interrupted_at && (!due || *interrupted_at <= *due)) {
      time = std::max(time, *interrupted_at);
      return seam::Wake::Interrupted;
    }
    if (!due) {
      ADD_FAILURE() << "the session waits for nothing";
      return seam::Wake::Interrupted;
    }
    time = std::max(time, *due) + oversleeps;
    return seam::Wake::Time;
  }

 private:
  Journal& journal_;
};

/// Sends probes with TTL 1, 2, …, gives each 100 ms, and ends when all are settled.
class ScriptedStrategy final : public engine::Strategy {
 public:
  struct Script {
    std::string name;    ///< of the trace: "a", "b", …
    int at_once = 1;     ///< probes sent at the start
    int afterwards = 0;  ///< probes sent one by one as others settle
    bool withdraws = false;
  };

  ScriptedStrategy(Script script, Journal& journal)
      : script_{std::move(script)}, journal_{journal}, allowed_{script_.at_once} {}

  engine::Move next(Instant /*now*/, bool may_send, const engine::Ledger& ledger) override {
    if (asked_ < allowed_) {
      return may_send
                 ? engine::Move{engine::Ask{.ttl = ttl_of(++asked_), .withdraw = script_.withdraws}}
                 : engine::Move{};
    }
    return ledger.waiting_count() == 0 ? engine::Move{model::Verdict{}} : engine::Move{};
  }
  void settled(const model::ProbeRecord& record, const engine::Ledger& /*ledger*/) override {
    const std::string probe = script_.name + std::to_string(record.probe.id.value());
    const bool is_lost = std::holds_alternative<model::Lost>(record.state);
    journal_.push_back(
        (is_lost            ? "lost "
         : record.refusal() ? "refused "
         : record.is_late() ? "late "
                            : "answered ")
        + probe);
    if (allowed_ < script_.at_once + script_.afterwards) {
      ++allowed_;
    }
  }
  [[nodiscard]] Duration patience(
      const model::ProbeRecord& /*record*/, const engine::Ledger& /*ledger*/) const override {
    return milliseconds{100};
  }
  [[nodiscard]] model::Verdict verdict_so_far(const engine::Ledger& /*ledger*/) const override {
    return {};
  }

 private:
  Script script_;
  Journal& journal_;
  int allowed_;
  int asked_ = 0;
};

/// Prints "a started", "a name NAME", "a finished"; done `linger` after that.
class ScriptedPresenter final : public seam::Presenter {
 public:
  explicit ScriptedPresenter(std::string name, Duration linger = {})
      : name_{std::move(name)}, linger_{linger} {}

  seam::Text on(const model::Event& event) override {
    if (std::holds_alternative<model::TraceStarted>(event.what)) {
      return {.out = name_ + " started;", .err = {}};
    }
    if (const auto* known = std::get_if<model::NameKnown>(&event.what)) {
      return {.out = name_ + " name " + known->name.value_or("-") + ";", .err = {}};
    }
    if (!std::holds_alternative<model::TraceFinished>(event.what)) {
      return {};
    }
    if (linger_ != Duration{}) {
      due_ = event.at + linger_;
    } else {
      done_ = true;
    }
    return {.out = name_ + " finished;", .err = {}};
  }
  seam::Text advance(Instant /*now*/) override {
    due_.reset();
    done_ = true;
    return {.out = name_ + " last words;", .err = {}};
  }
  [[nodiscard]] std::optional<Instant> deadline() const override { return due_; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  std::string name_;
  Duration linger_;
  std::optional<Instant> due_;
  bool done_ = false;
};

/// Answers each question after 5 ms with "nameN", counting from 1.
class ScriptedResolver final : public seam::Resolver {
 public:
  explicit ScriptedResolver(const Instant& now) : now_{now} {}

  void ask(const IpAddress& address) override {
    asked.push_back(address);
    open_.emplace(now_ + milliseconds{5}, address);
  }
  void receive(std::vector<seam::NameAnswer>& into) override {
    while (!open_.empty() && open_.begin()->first <= now_) {
      into.push_back(
          {.address = open_.begin()->second, .name = "name" + std::to_string(++answered_)});
      open_.erase(open_.begin());
    }
  }
  [[nodiscard]] int pending() const override { return static_cast<int>(open_.size()); }
  [[nodiscard]] std::optional<Instant> deadline() override {
    return open_.empty() ? std::nullopt : std::optional{open_.begin()->first};
  }

  std::vector<IpAddress> asked;

 private:
  const Instant& now_;
  std::multimap<Instant, IpAddress> open_;
  int answered_ = 0;
};

/// A session with everything scripted. Set the scripts, add traces, run().
class SessionBench {
 public:
  Journal journal;
  ScriptedWaiter waiter{journal};
  ScriptedTransport transport{journal, waiter.time};
  ScriptedResolver resolver{waiter.time};
  bool resolves = false;
  SessionOptions options;
  std::string printed;  ///< standard output
  /// The sink reports a closed stream from this much text on.
  std::size_t reader_leaves_after = std::string::npos;

  /// Traces come from SessionOptions::source, and are not added.
  bool from_source = false;

  void add(ScriptedStrategy::Script script, Duration linger = {}) {
    scripts_.emplace_back(std::move(script), linger);
  }
  Outcome run() {
    if (from_source) {
      options.source = [this] { return next_lane(); };
    }
    waiter.activity = [this] { return transport.next(); };
    Session session{
        transport,
        waiter,
        resolves ? &resolver : nullptr,
        [this](const seam::Text& text) {
          journal.emplace_back("print");
          printed += text.out;
          return printed.size() <= reader_leaves_after;
        },
        options};
    while (!from_source) {
      auto lane = next_lane();
      if (!lane) {
        break;
      }
      session.add(std::move(lane->engine), std::move(lane->presenters));
    }
    return session.run();
  }
  /// Where this line of the journal is, from the start or behind `from`; its size when nowhere.
  [[nodiscard]] std::size_t find(const std::string& line, std::size_t from = 0) const {
    const auto begin = journal.begin() + static_cast<std::ptrdiff_t>(from);
    return static_cast<std::size_t>(std::find(begin, journal.end(), line) - journal.begin());
  }

 private:
  std::optional<NewLane> next_lane() {
    if (next_ == scripts_.size()) {
      return std::nullopt;
    }
    const auto& [script, linger] = scripts_[next_++];
    if (from_source) {
      journal.push_back("take " + script.name);
    }
    NewLane lane{.engine = make_engine(script), .presenters = {}};
    lane.presenters.push_back(std::make_unique<ScriptedPresenter>(script.name, linger));
    return lane;
  }
  /// Trace "a" goes to port 0 of the target, "b" to port 1, …: the port tells them apart.
  std::unique_ptr<engine::Engine> make_engine(const ScriptedStrategy::Script& script) {
    const auto number = static_cast<std::uint16_t>(script.name[0] - 'a');
    engine::Settings settings;
    settings.head.source.address = support::kSource;
    settings.head.target.address = support::kTarget;
    settings.head.target.port = Port{number};
    settings.source_ports = {Port{static_cast<std::uint16_t>(45000 + number)}};
    settings.head.source.port = settings.source_ports.front();
    settings.shape = engine::system_syn(Family::V4);
    settings.seed = number;
    settings.pacing = Duration{};
    return std::make_unique<engine::Engine>(
        std::move(settings), std::make_unique<ScriptedStrategy>(script, journal));
  }

  std::vector<std::pair<ScriptedStrategy::Script, Duration>> scripts_;
  std::size_t next_ = 0;
};

}  // namespace synroute::drive
