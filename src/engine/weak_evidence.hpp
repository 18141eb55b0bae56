// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::engine {

/// Decides whether packets that carry none of a probe's secrets (a reset without acknowledgement,
/// for example) answer our probes, or come from someone who sees none of them and floods all ports.
///
/// The target is asked from ports that were never used, at random moments. A target answers each of
/// them once, one round-trip time later; a forger knows neither port nor moment, so his packets
/// fall into these windows no more often than outside them and at the ports held but not used. A
/// sequential likelihood ratio test (Wald) weighs the two.
class WeakEvidence {
 public:
  enum class Verdict : std::uint8_t { Open, Believed, Undecided };

  /// `ports`: those held since `start` for nothing but this test; each is asked from at most once.
  WeakEvidence(std::span<const Port> ports, Instant start, std::uint64_t seed);

  /// A weak packet of the kind in question came to this port; others are ignored.
  void heard(Port port, Instant at);
  /// The next question: the port to ask from now. Nothing while none is due.
  [[nodiscard]] std::optional<Port> ask(Instant now);
  /// When ask() or verdict() may have something new; nothing once it is decided.
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] Verdict verdict(Instant now);
  [[nodiscard]] bool has_asked_from(Port port) const;
  /// Packets heard at ports that had not been asked from, or outside the window of an answer.
  [[nodiscard]] std::size_t stray_count() const { return strays_; }

 private:
  struct Question {
    std::size_t port = 0;  ///< index into ports_
    Instant at;
  };
  struct Window {
    Instant from;
    Instant until;
  };

  [[nodiscard]] std::optional<Duration> median_delay() const;
  [[nodiscard]] static Window window_of(const Question& question, Duration centre);
  /// Weighs the next question in order; false while its time is not over.
  bool weigh_next(Instant now);
  void find_centre(const Question& question, Instant now);
  void weigh(const Question& question, const Window& window, Instant now);
  [[nodiscard]] double chance_within(Duration length, Instant now) const;
  void schedule(Instant after);

  std::vector<Port> ports_;
  std::vector<std::vector<Instant>> heard_;  ///< by index of the port
  Instant start_;
  Random random_;
  std::vector<Question> questions_;
  std::size_t weighed_ = 0;
  std::vector<Duration> delays_;  ///< of the answers that counted, and of the first
  Duration in_windows_{};
  std::size_t strays_ = 0;
  double score_ = 0;  ///< bits in favour of the target
  std::optional<Instant> next_question_;
};

}  // namespace synroute::engine
