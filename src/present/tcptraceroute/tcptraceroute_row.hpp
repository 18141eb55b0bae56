// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/probe_record.hpp"
#include "present/name_cache.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace synroute::present {

/// How tcptraceroute handles destination NAT that ICMP quotes reveal.
enum class DnatDisplay : std::uint8_t {
  Accept,  ///< not mentioned
  Show,    ///< a line for every change
  Strict,  ///< such answers are ignored
};

/// "open", "open, ecn", "closed", "unknown, ACK PSH"; empty for ICMP.
[[nodiscard]] std::string tcptraceroute_state(const model::Reply& reply);
/// The mark behind an RTT, " !H", in the letters of tcptraceroute, which differ from those of
/// traceroute; empty for time exceeded and TCP.
[[nodiscard]] std::string tcptraceroute_mark(const model::Reply& reply);

/// Whether tcptraceroute stops after a hop with this answer: TCP, and ICMP unreachable.
[[nodiscard]] bool ends_tcptraceroute(const model::Reply& reply);

/// Writes hop lines probe by probe as tcptraceroute does, with two differences: a router that
/// answers after a timeout of another router gets a line of its own, and the state of the port is
/// shown whenever the target is named.
class TcptracerouteRows {
 public:
  struct Options {
    bool names = true;
    bool private_names = false;  ///< names of RFC 1918 addresses too
    DnatDisplay dnat = DnatDisplay::Accept;
    Duration wait = std::chrono::seconds{3};  ///< answers with a larger RTT count as lost
    bool any_icmp = false;  ///< show ICMP errors other than time exceeded and unreachable
  };
  explicit TcptracerouteRows(const Options& options) : options_{options} {}

  /// One probe of a hop line.
  struct Entry {
    Ttl ttl;
    bool first = false;  ///< the first of its hop
    bool last = false;   ///< the last of its hop
    model::ProbeRecord record;
  };
  [[nodiscard]] std::string print(const Entry& entry, const NameCache& names);

  /// The answer shown for a probe; null when it counts as lost.
  [[nodiscard]] const model::Reply* shown(const model::ProbeRecord& record) const;
  /// Whether the name of this address is shown.
  [[nodiscard]] bool wants_name(const IpAddress& address) const;

 private:
  [[nodiscard]] std::string dnat_lines(const model::ProbeRecord& record, bool first);
  [[nodiscard]] std::string host(const IpAddress& address, const NameCache& names) const;

  Options options_;
  std::optional<IpAddress> responder_;  ///< the last one of this hop
  bool timed_out_ = false;              ///< the previous probe of this hop
  std::string state_;                   ///< the last one shown
  std::optional<IpAddress> dnat_address_;
  std::optional<Port> dnat_port_;
};

}  // namespace synroute::present
