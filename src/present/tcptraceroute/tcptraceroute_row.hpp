// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/probe_record.hpp"
#include "present/name_cache.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace synroute::present {

/// What tcptraceroute makes of destination NAT seen in what routers quote.
enum class DnatDisplay : std::uint8_t {
  Accept,  ///< nothing
  Show,    ///< a line for every change
  Strict,  ///< such answers are none
};

/// "open", "open, ecn", "closed", "unknown, ACK PSH"; empty when the answer is no TCP segment.
[[nodiscard]] std::string tcptraceroute_state(const model::Reply& reply);
/// " !H" and its kin behind a time, with the letters of tcptraceroute, which are not those of
/// traceroute; empty for time exceeded and TCP.
[[nodiscard]] std::string tcptraceroute_mark(const model::Reply& reply);

/// Behind a hop with such an answer there are no more: TCP of the target, and ICMP unreachable.
[[nodiscard]] bool ends_tcptraceroute(const model::Reply& reply);

/// Writes hop lines probe by probe, exactly as tcptraceroute does, but for two things: a router
/// that answers behind a time-out of another one gets its own line, and the state of the port
/// stands beside the target whenever that is named.
class TcptracerouteRows {
 public:
  struct Options {
    bool names = true;
    bool private_names = false;  ///< those of RFC 1918 addresses too
    DnatDisplay dnat = DnatDisplay::Accept;
    Duration wait = std::chrono::seconds{3};  ///< answers that took longer do not count
    bool any_icmp = false;  ///< messages count that are neither of time nor of reach
  };
  explicit TcptracerouteRows(const Options& options) : options_{options} {}

  /// One probe of a line.
  struct Entry {
    Ttl ttl;
    bool first = false;  ///< of its hop
    bool last = false;
    model::ProbeRecord record;
  };
  [[nodiscard]] std::string print(const Entry& entry, const NameCache& names);

  /// The answer that will be shown for a probe; null when it counts as lost.
  [[nodiscard]] const model::Reply* shown(const model::ProbeRecord& record) const;
  /// Names of this address are shown where it has one.
  [[nodiscard]] bool wants_name(const IpAddress& address) const;

 private:
  [[nodiscard]] std::string dnat_lines(const model::ProbeRecord& record, bool first);
  [[nodiscard]] std::string host(const IpAddress& address, const NameCache& names) const;

  Options options_;
  std::optional<IpAddress> responder_;  ///< the last one of this hop, time-outs left out
  bool timed_out_ = false;              ///< the probe before this one
  std::string state_;                   ///< the last one shown
  std::optional<IpAddress> dnat_address_;
  std::optional<Port> dnat_port_;
};

}  // namespace synroute::present
