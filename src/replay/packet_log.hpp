// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "seam/transport.hpp"
#include "wire/pcap_file.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <map>
#include <span>
#include <vector>

namespace synroute::replay {

/// Receives the next bytes of the file.
using ByteSink = std::function<void(std::span<const std::uint8_t>)>;

/// Writes packets sent and received as a pcap file in the order of time. A packet is written once
/// it is so old that no later timestamp can precede it, or when the log is destroyed.
class PacketLog {
 public:
  /// `epoch`: the wall-clock time at which the driver's clock was zero.
  PacketLog(WallTime epoch, ByteSink sink);
  PacketLog(const PacketLog&) = delete;
  PacketLog& operator=(const PacketLog&) = delete;
  ~PacketLog();

  /// The file header.
  [[nodiscard]] static std::vector<std::uint8_t> file_start() { return wire::PcapWriter{}.take(); }

  /// A packet was handed to the transport. It is written only after confirm_sent().
  void add_outgoing(seam::Token token, std::vector<std::uint8_t> packet);
  /// Called once with the driver's clock and once more with the kernel's timestamp.
  void confirm_sent(seam::Token token, Instant at);
  /// This host did not send the packet.
  void drop_outgoing(seam::Token token);
  void add_received(Instant at, std::span<const std::uint8_t> packet);

 private:
  struct Departure {
    std::vector<std::uint8_t> packet;
    std::optional<Instant> at;
  };
  struct Entry {
    Instant at;
    std::vector<std::uint8_t> packet;
  };

  void write_settled(Instant now);
  void write(std::vector<Entry> entries);

  WallTime epoch_;
  ByteSink sink_;
  wire::PcapWriter writer_;
  /// By token. Packets that are no probes share one token and are confirmed in order.
  std::map<seam::Token, std::deque<Departure>> departures_;
  std::vector<Entry> entries_;
  Instant newest_;
};

/// Logs the packets sent through another transport. Packets received are logged by that transport
/// itself, since only it has their bytes.
class LoggedTransport final : public seam::Transport {
 public:
  LoggedTransport(seam::Transport& inner, PacketLog& log) : inner_{inner}, log_{log} {}

  [[nodiscard]] seam::TransportTraits traits() const override { return inner_.traits(); }
  void send(std::span<const seam::Outgoing> batch) override;
  void receive(std::vector<seam::Incoming>& into) override;
  [[nodiscard]] std::optional<Instant> deadline() const override { return inner_.deadline(); }
  [[nodiscard]] model::Counters counters() const override { return inner_.counters(); }
  [[nodiscard]] bool has_missed_deliveries() const override {
    return inner_.has_missed_deliveries();
  }

 private:
  seam::Transport& inner_;
  PacketLog& log_;
};

}  // namespace synroute::replay
