// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "model/limits.hpp"
#include "model/port_result.hpp"
#include "model/probe_record.hpp"
#include "strategy/scan/controlled_trial.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace synroute::strategy {

/// Finds, for many ports at once, the hop where the packets to each port end.
///
/// One port that the target answers (else the first) is traced hop by hop; the others are compared
/// with that path. Probes to any other port reach some hop and no farther, so that hop can be
/// searched for. The search first tries the ends found for neighbouring and other ports, so that
/// ports with the same end cost two questions each, not one per hop. Silence at a hop counts only
/// against controls at the same hop and time, in random order (see ControlledTrial): a router with
/// a rate limit would otherwise look like a filter. Where controls stay unanswered too, ports take
/// the end on which their neighbours agree, marked as assumed; the others stay unknown.
///
/// A probe that this host refuses to send is evidence of nothing. The port's next question waits a
/// quarter of a second, so that a rate limit of this host lets it pass; a port that is refused for
/// two seconds stays unknown.
class BoundarySearch {
 public:
  /// A port, by its flow; `answers` when the target itself answers on it.
  struct Suspect {
    std::size_t index = 0;
    bool answers = false;
  };
  struct Question {
    std::size_t index = 0;
    int ttl = 0;
  };

  BoundarySearch(const std::vector<Suspect>& suspects, int last_ttl);

  /// The next probe worth sending at `now`; nothing while answers must come first.
  [[nodiscard]] std::optional<Question> next(Instant now);
  /// When next() may return something although nothing was settled; nothing when it may at `now`.
  [[nodiscard]] std::optional<Instant> deadline(Instant now) const;
  /// A question was answered, given up or refused.
  void settled(std::size_t index, const model::ProbeRecord& record);
  /// The target itself has answered on the port, after the search began.
  void answers(std::size_t index);
  [[nodiscard]] bool finished() const;
  /// Nothing when the port is not among the suspects, or its end could not be found.
  [[nodiscard]] std::optional<model::Reach> reach(std::size_t index) const;

 private:
  static constexpr int kNone = model::kTtlMax + 1;
  /// A question that no control can accompany counts as silent after this many losses: a single one
  /// may be an accident.
  static constexpr int kAttempts = 3;
  /// The walk goes this far ahead of its last answer, and ends after this many silent hops.
  static constexpr int kAhead = model::kDefaultGapLimit;

  struct Port {
    Suspect suspect;
    int passed = 0;  ///< largest TTL that expired at a router
    std::optional<IpAddress> passed_by;
    int stopped = kNone;     ///< smallest TTL known to go no farther
    bool stop_seen = false;  ///< by an answer, not by silence
    bool displaced = false;  ///< packets expired at nearer hops than their TTL says
    int silent_to = 0;       ///< largest TTL beyond the reference that no hop answered
    int asking = 0;          ///< TTL of the present question, 0 when none
    int lost = 0;            ///< how often it was lost
    bool out = false;        ///< it is under way, or the trial that follows it
    bool on_trial = false;   ///< waits for a trial, or has one, at the TTL of the question
    bool tried = false;      ///< by a trial there that failed
    bool finished = false;
    bool given_up = false;
    bool assumed = false;
    std::optional<Instant> refused_since;  ///< no probe to it has left this host since
    std::optional<Instant> not_before;     ///< of its next question, once one was refused

    [[nodiscard]] bool has_answer_at(int ttl) const {
      return passed >= ttl || (stop_seen && stopped <= ttl);
    }
  };
  struct Hop {
    std::optional<IpAddress> router;
    bool limited = false;
    int walked = 0;  ///< probes sent by the walk
    int walk_lost = 0;
  };

  std::optional<Question> walk();
  [[nodiscard]] int walk_silence() const;
  std::optional<Question> ask_ports();
  std::optional<Question> ask(Port& port);
  std::optional<Question> ask_in_trial(Instant now);
  [[nodiscard]] static ControlledTrial::Outcome outcome_of(const model::ProbeRecord& record);
  void start_trials();
  void conclude_trial(int ttl, const ControlledTrial& trial);
  [[nodiscard]] std::optional<int> next_ttl(const Port& port) const;
  [[nodiscard]] std::optional<int> ttl_to_prove(int end, const Port& port, int high) const;
  [[nodiscard]] std::vector<int> likely_ends(const Port& port) const;
  [[nodiscard]] std::optional<int> responsive_between(int low, int high) const;
  /// A bare ACK concerns an earlier SYN of the flow, which the target still holds half-open: it
  /// does not tell that the probe of this TTL arrived.
  [[nodiscard]] static bool is_answer(const model::ProbeRecord& record) {
    return record.reply() != nullptr && record.reply()->kind != model::ReplyKind::Ack;
  }
  [[nodiscard]] int place_of(const Port& port, int ttl, const IpAddress& from) const;
  void end_walk(bool found);
  void note_reply(Port& port, const model::ProbeRecord& record);
  void note_expiry(Port& port, int ttl, const IpAddress& from);
  void note_loss(Port& port, const model::ProbeRecord& record);
  void note_silence(Port& port, int ttl);
  void note_refusal(Port& port, int ttl);
  void hold_back(Port& port);
  [[nodiscard]] bool is_held_back(const Port& port) const {
    return port.not_before && now_ < *port.not_before;
  }
  static void release(Port& port);
  [[nodiscard]] bool is_reference(const Port& port) const {
    return port.suspect.index == ports_[reference_].suspect.index;
  }
  void conclude(Port& port);
  void assume_from_neighbours();
  [[nodiscard]] Port* find(std::size_t index);
  [[nodiscard]] Hop& hop(int ttl) { return hops_[static_cast<std::size_t>(ttl)]; }
  [[nodiscard]] const Hop& hop(int ttl) const { return hops_[static_cast<std::size_t>(ttl)]; }

  std::vector<Port> ports_;         ///< by port
  std::vector<std::size_t> order_;  ///< of asking: the first `samples_` guide the others
  std::size_t samples_ = 0;
  std::map<std::size_t, std::size_t> by_index_;
  std::size_t reference_ = 0;
  bool walking_;
  int last_ttl_;
  int top_ = 0;  ///< the TTL at which the reference ends
  std::array<Hop, kNone + 1> hops_{};
  std::map<int, int> ends_;                ///< last passing TTL → ports found to end there
  std::map<int, ControlledTrial> trials_;  ///< by TTL
  Random random_{0x5eed};
  Instant now_;                       ///< of the last call of next()
  std::optional<Instant> resume_at_;  ///< the first `not_before` to come
};

}  // namespace synroute::strategy
