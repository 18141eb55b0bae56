// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "wire/datagram.hpp"
#include "wire/pcap_file.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace synroute::replay {

/// Counts of the packets in a capture that cannot be used.
struct CaptureStatistics {
  std::size_t packets = 0;      ///< all records
  std::size_t not_ip = 0;       ///< frames without IP, or of an unknown link type
  std::size_t untimed = 0;      ///< records without a timestamp
  std::size_t unreadable = 0;   ///< malformed or truncated headers
  std::size_t fragments = 0;    ///< IP fragments other than the first
  bool file_truncated = false;  ///< the file ends inside a record
};

/// One IP packet of a capture.
struct CapturedPacket {
  WallTime at;
  wire::Datagram datagram;
  std::optional<bool>
      outgoing;            ///< sent by the capturing host; absent when the link type does not tell
  bool truncated = false;  ///< shorter than on the wire (snap length)
  bool bad_checksum = false;
};

/// SYN without ACK, RST or FIN.
[[nodiscard]] bool is_syn(const wire::Datagram& datagram);

/// The packets of a capture in the order of time. Refers to the bytes of the file, which must
/// outlive it.
class Capture {
 public:
  [[nodiscard]] static std::expected<Capture, wire::PcapError> read(
      std::span<const std::uint8_t> file);

  /// Dissects the packets anew on each call rather than keep them all in memory. Skips those that
  /// statistics() counts as unusable.
  void for_each(const std::function<void(CapturedPacket)>& visit) const;
  [[nodiscard]] const CaptureStatistics& statistics() const { return statistics_; }

 private:
  wire::PcapFile file_;
  CaptureStatistics statistics_;
};

}  // namespace synroute::replay
