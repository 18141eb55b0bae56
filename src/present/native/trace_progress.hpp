// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/probe_record.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace synroute::present {

/// How far a trace is, once it has taken two seconds: "420 of about 900 probes settled, about 12 s
/// left".
class TraceProgress {
 public:
  void start(int queries, Instant now);
  void count(const model::ProbeRecord& record);
  void know(Ttl distance) { distance_ = distance; }
  void tick(Instant now);

  [[nodiscard]] std::optional<Instant> deadline() const { return next_; }
  /// As of the last tick; empty before the first.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] std::string text_at(Instant now) const;

  int queries_ = 0;
  std::uint64_t settled_ = 0;
  std::optional<Ttl> distance_;
  Instant started_;
  std::optional<Instant> next_;
  std::string text_;
};

}  // namespace synroute::present
