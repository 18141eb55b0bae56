// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/trace_builder.hpp"

#include <optional>
#include <string_view>

namespace synroute::support {

/// Builds a finished scan by hand, port by port, in the order of an engine's events.
class ScanBuilder {
 public:
  /// The last hop that passed a port, the router there, and the first hop that did not pass it.
  struct Where {
    int passed = 0;
    std::string_view by;
    int stopped = 0;  ///< 0: not found
  };

  /// A port the target answers, from the distance `where` stops at.
  ScanBuilder& answered(
      int port, model::ReplyKind kind, double rtt, std::optional<Where> where = {});
  /// A port that is not answered in three attempts.
  ScanBuilder& silent(int port, std::optional<Where> where = {});
  /// A port that a router reports unreachable with this ICMP code.
  ScanBuilder& refused(int port, std::string_view by, int code, std::optional<Where> where = {});
  /// The last port was not asked for by the user.
  ScanBuilder& control();

  [[nodiscard]] model::Trace& trace() { return built_.trace(); }
  [[nodiscard]] std::vector<model::Event> events() const;

 private:
  model::PortResult& add(int port, model::PortState state, std::optional<Where> where);

  TraceBuilder built_;
};

}  // namespace synroute::support
