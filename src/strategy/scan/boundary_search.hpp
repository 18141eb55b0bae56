// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "model/port_result.hpp"
#include "model/probe_record.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace synroute::strategy {

/// Finds, for many ports at once, the hop where each one's packets end.
///
/// One port that the target answers (else the first) is walked hop by hop: that is the path the
/// others are compared with. Every other port lets the TTL expire up to some hop and no farther, so
/// that hop can be searched; the search tries the ends that neighbouring and other ports were found
/// to have first, so ports that share a fate cost two questions each, not one per hop. Silence at a
/// hop counts only when the same hop answered for another port at the same time: a router that
/// limits its reports would otherwise look like a filter. Where it limits them, ports whose
/// neighbours agree take over their fate, marked as assumed; others stay unknown.
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

  /// The next question worth asking at `now`; nothing while answers are awaited.
  [[nodiscard]] std::optional<Question> next(Instant now);
  /// A question, or a copy of it, was answered or given up.
  void settled(std::size_t index, const model::ProbeRecord& record);
  [[nodiscard]] bool finished() const;
  /// Nothing when the port was not asked about, or nothing could be learnt of it.
  [[nodiscard]] std::optional<model::Reach> fate(std::size_t index) const;

 private:
  static constexpr int kNone = 256;
  /// Lost copies of a question that make silence (three: one lost by accident is common).
  static constexpr int kAttempts = 3;
  static constexpr int kAhead = 8;

  struct Port {
    Suspect suspect;
    int passed = 0;       ///< largest TTL that expired at a router
    int stopped = kNone;  ///< smallest TTL known to go no farther
    int asking = 0;       ///< TTL of the present question, 0 when none
    int lost = 0;         ///< copies of it that were lost
    bool out = false;     ///< a copy of it is on its way
    Instant asked;
    bool finished = false;
    bool given_up = false;
    bool assumed = false;
  };
  struct Hop {
    std::optional<IpAddress> router;
    std::optional<Instant> answered_at;  ///< when the latest probe it reported was sent
    std::optional<Instant> control_at;   ///< when the latest control was sent
    bool limited = false;
    int walked = 0;  ///< copies sent by the walk
    int walk_lost = 0;
  };

  std::optional<Question> walk(Instant now);
  [[nodiscard]] int walk_silence() const;
  std::optional<Question> control_for(int ttl, Instant now);
  std::optional<Question> ask(Port& port, Instant now);
  [[nodiscard]] std::optional<int> next_ttl(const Port& port) const;
  [[nodiscard]] std::optional<int> ttl_to_prove(int end, const Port& port, int high) const;
  [[nodiscard]] std::vector<int> likely_ends(const Port& port) const;
  [[nodiscard]] std::optional<int> responsive_between(int low, int high) const;
  void note_reply(Port& port, const model::ProbeRecord& record);
  void note_loss(Port& port, const model::ProbeRecord& record);
  void conclude(Port& port);
  void assume_from_neighbours();
  [[nodiscard]] Port* find(std::size_t index);
  [[nodiscard]] Hop& hop(int ttl) { return hops_[static_cast<std::size_t>(ttl)]; }
  [[nodiscard]] const Hop& hop(int ttl) const { return hops_[static_cast<std::size_t>(ttl)]; }

  std::vector<Port> ports_;         ///< by port
  std::vector<std::size_t> order_;  ///< of asking: the scouts first
  std::size_t scouts_ = 0;          ///< ports whose ends guide the others
  std::map<std::size_t, std::size_t> by_index_;
  std::size_t reference_ = 0;
  bool walking_ = true;
  int last_ttl_;
  int top_ = 0;  ///< the TTL at which the reference ends
  std::array<Hop, kNone + 1> hops_{};
  std::map<int, int> ends_;  ///< last passing TTL → ports found to end there
};

}  // namespace synroute::strategy
