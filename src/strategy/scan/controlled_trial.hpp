// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace synroute::strategy {

/// Finds out whether probes to some ports get no answer from a hop because they do not reach it.
///
/// Loss and rate limits silence a hop too, and a limit may answer every second probe exactly. So as
/// many controls, probes to a port that reaches the hop, are sent among the others, all in random
/// order. Of `probes` to a port and as many controls, a limit or loss that does not depend on the
/// port silences exactly those to the port with the probability 1 / C(2 * probes, probes) at most:
/// 0.0040 for 5, 0.0011 for 6.
class ControlledTrial {
 public:
  enum class Result : std::uint8_t {
    Reaches,  ///< a probe to the port was answered
    Stopped,  ///< none was, and every control was
    Unknown,  ///< controls stayed unanswered as well, or this host refused probes to the port
  };
  /// What became of one probe.
  enum class Outcome : std::uint8_t {
    Answered,
    Lost,
    Refused,  ///< by this host: says nothing about the hop
  };

  /// `control` is none of `ports`. The pauses between probes are random, `pause` on average.
  ControlledTrial(
      std::size_t control,
      std::vector<std::size_t> ports,
      int probes,
      Duration pause,
      Random random);

  /// The next port to be asked at `now`; nothing while that is too early, and when all were.
  [[nodiscard]] std::optional<std::size_t> next(Instant now);
  /// When next() returns something again; nothing when all were asked.
  [[nodiscard]] std::optional<Instant> due() const;
  [[nodiscard]] bool awaits(std::size_t port) const;
  /// A probe to the port, or a control, was answered, lost or refused.
  void settled(std::size_t port, Outcome outcome);
  [[nodiscard]] bool finished() const { return position_ == deck_.size() && waiting_ == 0; }

  [[nodiscard]] const std::vector<std::size_t>& ports() const { return ports_; }
  /// Of one of ports(), once finished.
  [[nodiscard]] Result result(std::size_t port) const;

 private:
  struct Count {
    int waiting = 0;
    int answered = 0;
    int refused = 0;
  };

  std::size_t control_;
  std::vector<std::size_t> ports_;
  int probes_;
  Duration pause_;
  Random random_;
  std::vector<std::size_t> deck_;  ///< what to ask, in its random order
  std::size_t position_ = 0;
  std::optional<Instant> due_;
  std::map<std::size_t, Count> counts_;
  int waiting_ = 0;
};

}  // namespace synroute::strategy
