// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "strategy/classic/classic_path.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace synroute::strategy {

/// Where a path ends by the rules of tcptraceroute, which host answers there, and how many answers
/// the last row still lacks. A probe to the end counts only if it could have been answered: a
/// target ignores further SYNs of a connection while one is half-open, and a router that rejects
/// has a rate limit.
class ClassicEnd {
 public:
  /// How the next probe at an open port is to be sent.
  struct Sample {
    bool withdraw = false;
    std::optional<ProbeId> follows;
  };

  explicit ClassicEnd(const ClassicOptions& options);

  /// A TCP answer of the target or an ICMP unreachable of any host.
  [[nodiscard]] static bool is_marked_by(const model::Reply& reply);
  void note_answer(const model::ProbeRecord& record);
  /// No answer counts that was noted so far; all that count are noted anew.
  void forget_answers();
  void note_silence(const model::ProbeRecord& record, const engine::Ledger& ledger);
  /// The target's answers do not tell which probe they are to.
  void expect_unnamed() { unnamed_ = true; }

  /// The smallest TTL with an answer that ends the path.
  [[nodiscard]] std::optional<int> ttl() const { return ttl_; }
  [[nodiscard]] bool is_at(int ttl) const { return ttl_ == ttl; }
  [[nodiscard]] bool is_target() const { return is_target_; }
  /// The path ends at a router that reports the target unreachable. Probes with larger TTLs are
  /// answered by it as well, and have used up some of its rate limit.
  [[nodiscard]] bool is_rejected() const { return ttl_ && !is_target_ && shares_flow_; }
  /// The last row is asked until it has enough answers, not a fixed number of times.
  [[nodiscard]] bool counts_answers() const { return takes_samples() || is_rejected(); }
  /// For an end that counts answers: nothing more is asked or waited for.
  [[nodiscard]] bool is_complete(const engine::Ledger& ledger) const;

  /// The next sample worth sending now; nothing while answers must come first. Samples of an open
  /// port are sent in pairs: the first is withdrawn at once, so that the target answers the second
  /// too. If one of a pair stays unanswered because of the other, it is asked again, and all
  /// further samples are sent one at a time.
  [[nodiscard]] std::optional<Sample> next_sample(const engine::Ledger& ledger) const;
  /// A sample from next_sample() was sent as this probe.
  void note_sample(ProbeId id, const Sample& sample);
  /// The reply to the other sample of a pair; null without one.
  [[nodiscard]] const model::Reply* partner_reply(ProbeId id, const engine::Ledger& ledger) const;

  [[nodiscard]] int rejections_wanted(const engine::Ledger& ledger) const;

 private:
  [[nodiscard]] bool takes_samples() const { return one_at_a_time_ && shares_flow_; }
  [[nodiscard]] bool counts(const model::ProbeRecord& record, const engine::Ledger& ledger) const;
  [[nodiscard]] int samples_wanted(const engine::Ledger& ledger) const;
  [[nodiscard]] bool waits(const engine::Ledger& ledger) const;
  [[nodiscard]] bool waits_for_sample(const engine::Ledger& ledger) const;
  [[nodiscard]] std::optional<ProbeId> partner_of(ProbeId id) const;
  [[nodiscard]] bool could_be_answered(
      const model::ProbeRecord& record, const engine::Ledger& ledger) const;

  int queries_;
  bool shares_flow_;  ///< several probes of one connection may be under way at once
  bool unnamed_ = false;
  std::optional<int> ttl_;
  bool is_target_ = false;      ///< such an answer came from the target
  bool one_at_a_time_ = false;  ///< the target answers one probe of a connection at a time
  bool sends_acks_ = false;     ///< the target answers with bare ACKs, which name no probe

  std::vector<ProbeId> samples_;      ///< sent to the end after the port was found open
  std::optional<ProbeId> withdrawn_;  ///< the last of them; its follower is due at once
  std::vector<std::pair<ProbeId, ProbeId>> pairs_;  ///< withdrawn and follower
  bool pairs_work_ = true;
};

}  // namespace synroute::strategy
