// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "seam/transport.hpp"
#include "transport/missing_hops.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace synroute::transport {

/// Attempts by connect() whose SYN the kernel holds back while it asks for the link address of the
/// next hop. They have not left: their time runs from when they do. The kernel itself gives up
/// after three seconds.
class QueuedAttempts {
 public:
  /// What the kernel hands the packets to a target to.
  void expect_next_hop(const IpAddress& target, NextHop next_hop) {
    hops_.expect(target, std::move(next_hop));
  }
  /// Nothing can leave for this target: what to report about a probe to it.
  [[nodiscard]] const seam::NotSent* refusal_of(const IpAddress& target) const;
  /// An attempt that connect() has just begun. True: its SYN waits, and is reported later.
  [[nodiscard]] bool hold(const IpAddress& target, seam::Token token, Instant now);
  /// An answer about the target, so everything has left: appends a Sent for each that was held.
  void answered(const IpAddress& target, std::vector<seam::Incoming>& into);
  /// Attempts for this target wait.
  [[nodiscard]] bool holds(const IpAddress& target) const;
  struct Change {
    std::vector<IpAddress> released;  ///< all attempts for them left now
    std::vector<IpAddress>
        missing;  ///< their next hop does not answer: no attempt for them has left
  };
  /// Appends a Sent for each attempt that has left meanwhile.
  [[nodiscard]] Change check(Instant now, std::vector<seam::Incoming>& into);
  /// When to check again.
  [[nodiscard]] std::optional<Instant> deadline() const;

 private:
  struct Held {
    seam::Token token = 0;
    Instant since;
  };
  /// What is known of a target from which nothing has been heard.
  struct Unheard {
    Instant since;           ///< the first attempt
    std::vector<Held> held;  ///< not empty while the kernel asks for the next hop
    bool is_judged = false;
  };

  [[nodiscard]] bool is_due(const Unheard& unheard, Instant now) const;
  void release(Unheard& unheard, std::optional<Instant> at, std::vector<seam::Incoming>& into);
  [[nodiscard]] std::optional<model::MissingHop> judge(
      const IpAddress& target, const Unheard& unheard) const;
  void settle(const IpAddress& target);
  void give_up(const IpAddress& target, const model::MissingHop& missing);

  MissingHops hops_;
  std::set<IpAddress> known_hops_;
  std::set<IpAddress>
      settled_;  ///< targets that were heard from, or that nothing was found out about
  std::map<IpAddress, Unheard> unheard_;
  std::map<IpAddress, seam::NotSent> refused_;
  Instant checked_;
};

}  // namespace synroute::transport
