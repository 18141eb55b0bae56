// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/clock.hpp"
#include "os/network/socket_options.hpp"
#include "seam/transport.hpp"
#include "transport/deliveries.hpp"
#include "transport/departures.hpp"
#include "transport/packet_receiver.hpp"
#include "transport/raw_sender.hpp"
#include "transport/raw_sockets.hpp"
#include "transport/send_queue.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
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
    /// The router or target that the kernel hands the packets to, and the interface to it; absent:
    /// not known, and then nothing is said of it.
    std::optional<IpAddress> neighbour;
    std::string interface;
    seam::PacketSink sink;  ///< shown what is kept of what comes
    Keep keep = Keep::Nothing;
  };

  /// Needs no rights. Throws os::SystemError naming the attempt.
  RawTransport(std::shared_ptr<const RawSockets> sockets, Options options);
  /// Opens sockets of its own, which needs CAP_NET_RAW now, not afterwards. Throws os::SystemError
  /// naming the attempt, with a hint when rights are missing.
  explicit RawTransport(Options options);

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
    return earliest(neighbour_check_, queue_.deadline());
  }
  [[nodiscard]] model::Counters counters() const override;
  [[nodiscard]] bool has_missed_deliveries() const override {
    return deliveries_ && deliveries_->has_lost_any();
  }

 private:
  void check_carrier();
  void check_neighbour(Instant now);
  void refuse_unseen(model::Refusal why);
  void send_again(Instant now);
  void count_reverse_path_drops(std::span<const seam::Incoming> news, Instant now);
  [[nodiscard]] Instant instant_of(std::optional<WallTime> stamp, Instant read_at) const;

  std::shared_ptr<const RawSockets> sockets_;
  RawSender sender_;
  SendQueue queue_;
  Departures departures_;
  PacketReceiver receiver_;
  std::optional<Deliveries> deliveries_;  ///< none where they cannot be told
  std::optional<IpAddress> neighbour_;
  std::string interface_;
  std::optional<Instant> neighbour_check_;  ///< when to look whether the next hop is known
  bool carrier_is_checked_ = false;
  std::optional<model::Refusal> link_refusal_;        ///< why nothing can leave by the link
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
