// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/clock.hpp"
#include "os/network/socket_options.hpp"
#include "seam/transport.hpp"
#include "transport/deliveries.hpp"
#include "transport/departures.hpp"
#include "transport/missing_hops.hpp"
#include "transport/packet_receiver.hpp"
#include "transport/raw_sender.hpp"
#include "transport/raw_sockets.hpp"
#include "transport/send_queue.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace synroute::transport {

/// Whole packets out of a raw socket, answers from a packet socket. One family and one source
/// address. It does not reserve the source ports: os::PortReservation does.
class RawTransport final : public seam::Transport {
 public:
  struct Options {
    IpAddress source;
    os::Egress egress;
    std::vector<Port> source_ports;         ///< empty: hear every port
    std::vector<IpAddress> targets;         ///< empty: hear TCP from everybody
    std::optional<os::Neighbour> next_hop;  ///< absent: as the routes say
    /// Packets of the loopback device count from the start, not only once a probe has left by it.
    bool hears_loopback = true;
    seam::PacketSink sink;  ///< shown what is kept of what comes
    Keep keep = Keep::Nothing;
  };

  /// Needs no rights. Throws os::SystemError naming the attempt.
  RawTransport(std::shared_ptr<const RawSockets> sockets, Options options);
  /// Opens sockets of its own, which needs CAP_NET_RAW now, not afterwards. Throws os::SystemError
  /// naming the attempt, with a hint when rights are missing.
  explicit RawTransport(Options options);

  /// What the kernel hands the packets to a target to. Without it, nothing is said of a link that
  /// they cannot leave by. The first 8,192 targets are remembered.
  void expect_next_hop(const IpAddress& target, NextHop next_hop) {
    hops_.expect(target, std::move(next_hop));
  }

  /// Readable when receive() has something to tell about arrivals.
  [[nodiscard]] int descriptor() const { return receiver_.descriptor(); }
  /// The same about what this host's TCP was given; none where that cannot be told.
  [[nodiscard]] std::optional<int> delivery_descriptor() const {
    return deliveries_ ? std::optional{deliveries_->descriptor()} : std::nullopt;
  }

  [[nodiscard]] seam::TransportTraits traits() const override;
  void send(std::span<const seam::Outgoing> batch) override;
  void receive(std::vector<seam::Incoming>& into) override;
  [[nodiscard]] std::optional<Instant> deadline() const override {
    return earliest(link_check_, queue_.deadline());
  }
  [[nodiscard]] model::Counters counters() const override;
  [[nodiscard]] bool has_missed_deliveries() const override {
    return deliveries_ && deliveries_->has_lost_any();
  }

 private:
  void check_carriers();
  [[nodiscard]] bool lacks_carrier(const std::string& interface);
  void check_neighbours(Instant now);
  void schedule_link_check();
  void refuse(const IpAddress& target, const seam::NotSent& why);
  [[nodiscard]] std::vector<seam::Outgoing> without_refused(std::span<const seam::Outgoing> batch);
  void send_again(Instant now);
  void count_reverse_path_drops(std::span<const seam::Incoming> news, Instant now);
  [[nodiscard]] Instant instant_of(std::optional<WallTime> stamp, Instant read_at) const;

  std::shared_ptr<const RawSockets> sockets_;
  RawSender sender_;
  SendQueue queue_;
  Departures departures_;
  PacketReceiver receiver_;
  std::optional<Deliveries> deliveries_;  ///< none where they cannot be told
  bool hears_loopback_;
  MissingHops hops_;
  std::unordered_map<IpAddress, seam::NotSent> refused_;  ///< targets that nothing can leave for
  std::map<std::string, bool> carrier_lacks_;             ///< interfaces that were looked at
  std::optional<Instant> link_check_;                 ///< when to look whether next hops are known
  std::optional<std::uint64_t> reverse_path_before_;  ///< none where that is not counted
  std::uint64_t reverse_path_drops_ = 0;
  std::uint64_t undelivered_ = 0;  ///< TCP answers that this host's TCP has not been given
  Instant counted_;
  seam::PacketSink sink_;
  os::StampClock clock_;
  Instant drained_;  ///< when the receiver was last found empty
  std::vector<seam::Incoming> reports_;
  std::vector<StampedDatagram> packets_;
};

}  // namespace synroute::transport
