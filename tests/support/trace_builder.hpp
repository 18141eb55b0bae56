// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/event.hpp"
#include "model/trace.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace synroute::support {

/// Milliseconds, to the nanosecond.
[[nodiscard]] Duration ms(double length);
/// The address in a literal, which must be valid.
[[nodiscard]] IpAddress address(std::string_view text);

/// Builds a trace by hand, probe by probe, and returns it as the events of an engine: probes leave
/// 0.1 ms apart, answers come one RTT later, silent probes are given up after 300 ms.
class TraceBuilder {
 public:
  explicit TraceBuilder(
      std::string_view target = "203.0.113.80", std::string_view name = "shop.example");

  /// One probe with this TTL per time, each answered by a time-exceeded message of `from`.
  TraceBuilder& router(int ttl, std::string_view from, std::initializer_list<double> rtts);
  /// One probe per time, each answered by a segment of the target.
  TraceBuilder& target(int ttl, model::ReplyKind kind, std::initializer_list<double> rtts);
  /// As target(), by probes of role Direct with a TTL of 64.
  TraceBuilder& direct(model::ReplyKind kind, std::initializer_list<double> rtts);
  /// One probe per time, each answered by a destination unreachable message of this code.
  TraceBuilder& unreachable(
      int ttl, std::string_view from, int code, std::initializer_list<double> rtts);
  TraceBuilder& silent(int ttl, int count = 3);
  TraceBuilder& waiting(int ttl, int count = 1);
  TraceBuilder& refused(int ttl, model::Refusal why, int count = 1);
  /// The reverse name of an address, known 2 ms after the trace began.
  TraceBuilder& named(std::string_view from, std::optional<std::string> name);

  /// Ends the trace; the last probe decided when `decided` is set.
  TraceBuilder& verdict(model::Verdict verdict, bool decided = true);

  [[nodiscard]] model::Trace& trace() { return trace_; }
  [[nodiscard]] const model::Trace& trace() const { return trace_; }
  /// The record added last, to be changed in place.
  [[nodiscard]] model::ProbeRecord& last() { return trace_.probes.back(); }
  [[nodiscard]] model::Reply& last_reply();
  /// The last probe was also answered by a forged reset, after this many milliseconds.
  TraceBuilder& forged_reset(double rtt);
  /// The last reply came after the probe had been given up.
  TraceBuilder& late();

  /// From TraceStarted to TraceFinished, in order of time.
  [[nodiscard]] std::vector<model::Event> events() const;

 private:
  model::ProbeRecord& add(int ttl, model::ProbeRole role);
  model::Reply& answer(int ttl, model::ProbeRole role, model::ReplyKind kind, double rtt);
  [[nodiscard]] Instant settled(const model::ProbeRecord& record) const;

  model::Trace trace_;
  std::vector<std::pair<IpAddress, std::optional<std::string>>> names_;
};

}  // namespace synroute::support
