// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/clock.hpp"
#include "os/fd.hpp"
#include "os/network/socket_options.hpp"
#include "seam/transport.hpp"
#include "transport/egress_link.hpp"
#include "transport/local_end.hpp"
#include "transport/own_rejects.hpp"
#include "transport/queued_attempts.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <sys/epoll.h>

namespace synroute::transport {

/// Traces without any rights: every SYN is a connect() of its own, with that TTL, and what routers
/// say about it is read from the error queue of its socket. The kernel builds the SYN, so sequence
/// number, options and window are its own; a probe with a payload or other flags than SYN is not
/// sent. At an open port the handshake completes, and the connection is reset at once.
///
/// Answers are the same values that a raw transport gives, with what cannot be known left empty:
/// the IP header of quotes; TTL, IP ID, sequence number, window and options of TCP answers. Source
/// port 0 in a probe lets the kernel choose; the answers then carry the port it chose. A probe on a
/// connection that is being tried ends that attempt: it is not answered any more.
class ConnectTransport final : public seam::Transport {
 public:
  struct Options {
    os::Egress egress;
    /// The one that all targets are reached by; empty when not known, or when there are several.
    std::string interface = {};
    /// How long an answer can be heard. The kernel repeats a SYN after one second, so an attempt
    /// ends shortly before, unless its answer may come later: on paths with long round trips, and
    /// beyond the last router that answered (model::kHostUnreachableAfter).
    Duration patience = std::chrono::seconds{3};
    /// Every attempt is heard for all of `patience`, as the user was told.
    bool holds_all = false;
    /// Probes name their source ports, which are shared (os::PortReservation) and used by one probe
    /// at a time.
    bool one_flow = false;
  };

  ConnectTransport() : ConnectTransport{Options{}} {}
  /// Throws os::SystemError when sockets cannot be bound to the requested interface or mark.
  explicit ConnectTransport(Options options);

  /// What the kernel hands the packets to a target to. Without it, a next hop that does not answer
  /// is known only when the kernel gives up, after three seconds.
  void expect_next_hop(const IpAddress& target, NextHop next_hop) {
    queued_.expect_next_hop(target, std::move(next_hop));
  }
  /// Readable when receive() has something to tell. Stays the same for life.
  [[nodiscard]] int descriptor() const { return ready_.get(); }
  /// Probes whose answer would still be heard.
  [[nodiscard]] std::size_t open_attempts() const { return attempts_.size(); }

  [[nodiscard]] seam::TransportTraits traits() const override;
  void send(std::span<const seam::Outgoing> batch) override;
  void receive(std::vector<seam::Incoming>& into) override;
  [[nodiscard]] std::optional<Instant> deadline() const override { return queued_.deadline(); }
  [[nodiscard]] model::Counters counters() const override;

 private:
  /// A connection that is being tried.
  struct Attempt {
    os::Fd socket;
    seam::Token token = 0;
    wire::IpHeader ip;    ///< as asked for
    wire::TcpHeader tcp;  ///< as asked for, with the source port that was used
    Instant sent;
  };

  [[nodiscard]] const LocalEnd& local_end(const IpAddress& source);
  /// 0 and a new attempt, or the error number.
  int begin(const seam::Outgoing& outgoing);
  void end_attempts_on(const wire::IpHeader& ip, const wire::TcpHeader& tcp);
  void hear(std::span<const epoll_event> ready);
  /// True when the attempt is over.
  bool hear(const Attempt& attempt);
  bool hear_icmp(const Attempt& attempt);
  bool hear_tcp(const Attempt& attempt);
  void hear_refusal(const Attempt& attempt);
  void report_tcp(const Attempt& attempt, wire::TcpFlags flags, Instant at);
  void report(const Attempt& attempt, wire::Datagram datagram, Instant at);
  [[nodiscard]] bool is_worth_repeating(const Attempt& attempt) const;
  void forget_old_attempts();
  void follow_queued_attempts();
  void give_up(const IpAddress& target);

  Options options_;
  os::Fd ready_;                     ///< epoll over the sockets of all attempts
  os::Fd keeper_;                    ///< keeps the kernel stamping packets
  std::map<int, Attempt> attempts_;  ///< by descriptor
  OwnRejects own_rejects_;
  EgressLink link_;
  std::optional<LocalEnd> end_;  ///< of the source last used
  os::StampClock clock_;
  Instant read_at_;  ///< when the kernel was last asked
  Duration longest_round_trip_{};
  std::map<IpAddress, Ttl> farthest_;  ///< target → largest TTL that expired at a router
  QueuedAttempts queued_;
  std::vector<seam::Incoming> reports_;
};

}  // namespace synroute::transport
