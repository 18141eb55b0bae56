// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/ledger.hpp"
#include "strategy/classic/classic_path.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace synroute::strategy {

/// Linux routers answer six errors in a burst and then one per second and prober.
constexpr int kClassicBurst = 6;
constexpr Duration kClassicRefill = std::chrono::seconds{1};

/// Where a path ends by the rules of tcptraceroute, who speaks there, and how many answers the last
/// row still lacks. A probe there counts only if it could have been answered: a target is deaf
/// while it waits for one connection, and whoever rejects is limited in how often he may say so.
class ClassicEnd {
 public:
  /// How the next probe at an open port is to be sent.
  struct Sample {
    bool withdraw = false;
    std::optional<ProbeId> follows;
  };

  explicit ClassicEnd(const ClassicOptions& options);

  /// A TCP answer of the target or an ICMP unreachable of anybody.
  [[nodiscard]] static bool is_marked_by(const model::Reply& reply);
  void note_answer(const model::ProbeRecord& record);
  void note_silence(const model::ProbeRecord& record, const engine::Ledger& ledger);
  /// The target's answers do not tell which probe they are to.
  void expect_nameless() { nameless_ = true; }

  /// The smallest TTL with an answer that ends the path.
  [[nodiscard]] std::optional<int> ttl() const { return ttl_; }
  [[nodiscard]] bool is_at(int ttl) const { return ttl_ == ttl; }
  [[nodiscard]] bool is_target() const { return is_target_; }
  /// The path ends at somebody who calls the target unreachable; probes sent beyond are his answers
  /// too, and have used up what his rate limit allows.
  [[nodiscard]] bool is_rejected() const { return ttl_ && !is_target_ && shares_flow_; }
  /// The last row is asked by what it lacks, not by turn.
  [[nodiscard]] bool counts_answers() const { return takes_samples() || is_rejected(); }
  /// For an end that counts answers: nothing more is asked or waited for.
  [[nodiscard]] bool is_complete(const engine::Ledger& ledger) const;

  /// Further probes at an open port go two at a time: the first is withdrawn at once, so that the
  /// target has room for the second. Should one of the two stay unanswered for the other's sake, it
  /// is asked again, and from then on one at a time. Whoever takes one sends it at once.
  [[nodiscard]] std::optional<Sample> take_sample(const engine::Ledger& ledger);
  /// What the other one of two samples that left together was answered.
  [[nodiscard]] const model::Reply* partner_reply(ProbeId id, const engine::Ledger& ledger) const;

  [[nodiscard]] int rejections_wanted(const engine::Ledger& ledger) const;

 private:
  [[nodiscard]] bool takes_samples() const { return one_at_a_time_ && shares_flow_; }
  [[nodiscard]] bool counts(const model::ProbeRecord& record, const engine::Ledger& ledger) const;
  [[nodiscard]] int samples_wanted(const engine::Ledger& ledger) const;
  [[nodiscard]] bool waits(const engine::Ledger& ledger) const;
  [[nodiscard]] bool waits_for_sample(const engine::Ledger& ledger) const;
  [[nodiscard]] std::optional<ProbeId> partner_of(ProbeId id) const;
  [[nodiscard]] bool had_its_chance(
      const model::ProbeRecord& record, const engine::Ledger& ledger) const;

  int queries_;
  bool shares_flow_;  ///< several probes may be out at once, all of one connection
  bool nameless_ = false;
  std::optional<int> ttl_;
  bool is_target_ = false;      ///< such an answer was of the target
  bool one_at_a_time_ = false;  ///< and the target answers one probe of a connection at a time
  bool says_only_ack_ = false;  ///< and does so in a way that names none of them

  std::vector<ProbeId> samples_;      ///< sent to the end when it was known that the port is open
  std::optional<ProbeId> withdrawn_;  ///< the last of them is to be followed at once
  std::vector<std::pair<ProbeId, ProbeId>> pairs_;  ///< withdrawn, follower
  bool pairs_work_ = true;
};

}  // namespace synroute::strategy
