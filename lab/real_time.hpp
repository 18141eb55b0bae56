// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "counters.hpp"
#include "os/fd.hpp"
#include "sim/network/world.hpp"
#include "tun.hpp"
#include "wire/pcap_file.hpp"

#include <csignal>
#include <string>

#include <sys/types.h>

namespace synroute::lab {

/// A capture file of every packet that passes the device.
class PcapFile {
 public:
  /// No file for an empty path. Throws os::SystemError when it cannot be created.
  explicit PcapFile(const std::string& path);
  void add(std::span<const std::uint8_t> packet);
  void flush();

 private:
  os::Fd file_;
  wire::PcapWriter writer_;
  std::size_t waiting_ = 0;
};

/// Blocks SIGCHLD, SIGTERM, SIGHUP and SIGINT and returns them as a set to wait for.
sigset_t block_signals();

/// Runs a world in real time behind a TUN device until a child process ends.
class RealTime {
 public:
  RealTime(sim::World& world, Tun& tun, PcapFile& pcap, Counters& counters);
  /// Returns the child's wait status. SIGTERM and SIGHUP are passed on to it; SIGINT reaches it
  /// from the terminal.
  int run_until_end_of(pid_t child);

 private:
  [[nodiscard]] Instant now() const;
  void take_in();
  void hand_out();
  /// Processes all events that are due.
  void catch_up();
  /// Waits until a packet or a signal arrives or an event of the world is due.
  void wait() const;

  static constexpr int kBatch = 256;

  sim::World& world_;
  Tun& tun_;
  PcapFile& pcap_;
  Counters& counters_;
  os::Fd signals_;
  Instant start_;
};

}  // namespace synroute::lab
