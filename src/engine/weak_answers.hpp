// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "engine/weak_evidence.hpp"
#include "model/reply.hpp"
#include "model/unattributed.hpp"
#include "wire/datagram.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace synroute::engine {

/// What a segment without any of our numbers may show.
enum class WeakKind : std::uint8_t {
  Reset,  ///< RST without acknowledgement: the port is closed
  Other,  ///< bare SYN or ACK: only that the target exists
};

/// A weak segment of the target on one of our flows.
struct WeakAnswer {
  FlowId flow;
  WeakKind kind = WeakKind::Reset;
  wire::Datagram datagram;
  Instant received;
};

/// How a weak answer would be read if it were believed. A SYN without our acknowledgement opens
/// nothing: it shows that the target exists.
[[nodiscard]] constexpr model::ReplyKind reply_kind(WeakKind kind) {
  return kind == WeakKind::Reset ? model::ReplyKind::Rst : model::ReplyKind::Ack;
}
/// Nothing for what is no TCP segment or carries a number that could be ours.
[[nodiscard]] std::optional<WeakKind> weak_kind_of(const wire::Datagram& datagram);

/// Holds weak answers back until a test has shown that the target sends them (see WeakEvidence).
/// Tests one kind at a time; the ports used up by one test are not used by the next.
class WeakAnswers {
 public:
  /// How many ports a test needs, whether used or watched.
  static constexpr std::size_t kPorts = 16;
  /// No port is asked from twice, whatever is tested.
  static constexpr std::size_t kProofProbesMax = kPorts;

  /// A SYN that the test wants sent now.
  struct Question {
    Port source_port;
    Port target_port;
  };
  /// A test that has ended.
  struct Outcome {
    WeakKind kind = WeakKind::Reset;
    bool is_believed = false;
    std::vector<WeakAnswer> held;  ///< in the order of arrival
  };

  /// `ports`: reserved for the tests alone.
  WeakAnswers(std::vector<Port> ports, std::uint64_t seed)
      : ports_{std::move(ports)}, random_{seed} {}

  [[nodiscard]] bool believes(WeakKind kind) const { return at(kind).state == State::Believed; }
  /// A weak packet of the target came to this port of ours.
  void hear(WeakKind kind, Port port, Instant at);
  /// Keeps the answer until the test of its kind has ended, and starts one if there was none. False
  /// when it cannot be kept: the test has failed, or there are no ports for one.
  bool hold(WeakAnswer answer);
  [[nodiscard]] bool is_testing() const { return test_.has_value(); }
  [[nodiscard]] std::optional<Question> ask(Instant now);
  /// A test that has ended by now; each is returned once.
  [[nodiscard]] std::optional<Outcome> conclude(Instant now);
  /// Ends all tests without a result: the target has answered with our numbers.
  [[nodiscard]] std::vector<WeakAnswer> abandon();
  [[nodiscard]] std::optional<Instant> deadline() const;
  /// What remains unexplained. Not what a test was abandoned for, unless others came to unused
  /// ports.
  [[nodiscard]] std::vector<model::Unattributed> unattributed() const;

 private:
  enum class State : std::uint8_t { Unknown, Queued, Testing, Believed, Failed, Abandoned };
  struct Case {
    State state = State::Unknown;
    Port target_port;
    std::vector<WeakAnswer> held;
    std::set<FlowId> flows;  ///< of which an answer is held
    std::size_t heard = 0;
    std::size_t strays = 0;
    std::size_t asked = 0;
  };
  struct Test {
    WeakKind kind = WeakKind::Reset;
    WeakEvidence evidence;
  };

  [[nodiscard]] Case& at(WeakKind kind) { return cases_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const Case& at(WeakKind kind) const {
    return cases_[static_cast<std::size_t>(kind)];
  }
  void start(WeakKind kind, Instant now);

  std::vector<Port> ports_;
  Random random_;
  std::array<Case, 2> cases_{};
  std::optional<Test> test_;
  std::optional<Outcome> failed_;  ///< ended before it began
};

}  // namespace synroute::engine
