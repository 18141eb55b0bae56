// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "seam/transport.hpp"
#include "wire/pcap_file.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <vector>

namespace synroute::replay {

/// Takes the next piece of a file.
using ByteSink = std::function<void(std::span<const std::uint8_t>)>;

/// Writes down what is sent and heard, as a capture in the order of time. A packet is written once
/// it is so old that no time stamp can change its place, or when the log ends.
class PacketLog {
 public:
  /// `epoch`: the calendar time at which the driver's clock was zero.
  PacketLog(WallTime epoch, ByteSink sink);
  PacketLog(const PacketLog&) = delete;
  PacketLog& operator=(const PacketLog&) = delete;
  ~PacketLog();

  /// What stands in the file before all packets.
  [[nodiscard]] static std::vector<std::uint8_t> file_start() { return wire::PcapWriter{}.take(); }

  void handed_over(seam::Token token, std::vector<std::uint8_t> packet);
  /// First when a packet left, then once more when that is known more exactly.
  void left(seam::Token token, Instant at);
  void refused(seam::Token token);
  void heard(Instant at, std::span<const std::uint8_t> packet);

 private:
  struct Departure {
    std::vector<std::uint8_t> packet;
    std::optional<Instant> at;
  };
  struct Entry {
    Instant at;
    std::vector<std::uint8_t> packet;
  };

  void settle(Instant now);
  void write(std::vector<Entry> entries);

  WallTime epoch_;
  ByteSink sink_;
  wire::PcapWriter writer_;
  /// By token; several packets that are no probes share one, and are reported in order.
  std::map<seam::Token, std::deque<Departure>> departures_;
  std::vector<Entry> entries_;
  Instant newest_;
};

/// A transport with a log of all it sends; what it hears, the transport inside tells the log
/// itself, which alone sees the bytes.
class LoggedTransport final : public seam::Transport {
 public:
  LoggedTransport(seam::Transport& inside, PacketLog& log) : inside_{inside}, log_{log} {}

  [[nodiscard]] seam::TransportTraits traits() const override { return inside_.traits(); }
  void send(std::span<const seam::Outgoing> batch) override;
  void receive(std::vector<seam::Incoming>& into) override;
  [[nodiscard]] model::Counters counters() const override { return inside_.counters(); }

 private:
  seam::Transport& inside_;
  PacketLog& log_;
};

}  // namespace synroute::replay
