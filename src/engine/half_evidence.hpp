// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matcher.hpp"
#include "wire/datagram.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::engine {

/// An ICMP error whose quote names a probe by the IP ID alone.
struct HalfAnswer {
  Match match;
  wire::Datagram datagram;
  Instant received;
};

/// Holds answers that name their probes by 16 bits until several of them together cannot be the
/// accidents of a flood any more.
///
/// A blind packet on a flow with n unanswered probes names one by accident with a probability of
/// 3n / 65,536 (an ID is also recognised with its bytes swapped and incremented). Of the packets
/// that came, those that named nothing are counted, so the expected number of accidents e is known,
/// and h of them have a probability of at most e^h / h!.
class HalfEvidence {
 public:
  /// `scattered`: the sequence numbers of the probes are unrelated (see Identity). Two answers
  /// whose sequence numbers are off by the same amount then prove each other by 31 bits more.
  HalfEvidence(const Matcher& matcher, const Ledger& ledger, bool scattered)
      : matcher_{matcher}, ledger_{ledger}, scattered_{scattered} {}

  /// Takes one answer in. Returns those that are believed now, in the order of arrival; each is
  /// returned once.
  [[nodiscard]] std::vector<HalfAnswer> add(HalfAnswer answer);
  /// Answers that were never believed.
  [[nodiscard]] std::size_t held_count() const { return held_.size(); }

 private:
  [[nodiscard]] double expected_accidents() const;
  [[nodiscard]] bool is_proved() const;
  [[nodiscard]] bool two_agree() const;

  const Matcher& matcher_;
  const Ledger& ledger_;
  bool scattered_;
  std::vector<HalfAnswer> held_;
  /// One answer per probe that has been named, held or believed.
  struct Named {
    ProbeId probe;
    std::uint32_t offset = 0;
  };
  std::vector<Named> named_;
};

}  // namespace synroute::engine
