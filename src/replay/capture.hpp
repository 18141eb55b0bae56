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

/// What a capture holds besides packets that can be used.
struct Census {
  std::size_t packets = 0;     ///< all records
  std::size_t not_ip = 0;      ///< frames that carry no IP, or of a link nobody knows here
  std::size_t untimed = 0;     ///< records without a time
  std::size_t unreadable = 0;  ///< headers that are wrong or not all there
  std::size_t fragments = 0;   ///< all but the first pieces of packets
  bool file_cut = false;       ///< the file ends inside a record
};

/// One IP packet as it passed.
struct Packet {
  WallTime at;
  wire::Datagram datagram;
  std::optional<bool> outgoing;  ///< sent by the capturing host, where the capture says
  bool cut = false;              ///< shorter than on the wire
  bool damaged = false;          ///< a checksum is wrong
};

/// A TCP SYN that opens a connection.
[[nodiscard]] bool is_syn(const wire::Datagram& datagram);

/// The packets of a capture in the order of time. Holds views: the bytes must outlive it.
class Capture {
 public:
  [[nodiscard]] static std::expected<Capture, wire::PcapError> read(
      std::span<const std::uint8_t> file);

  /// Reads each packet anew: kept are only those the caller wants. Left out is what the census
  /// counts as of no use: other than IP, unreadable, without a time, later fragments.
  void for_each(const std::function<void(Packet)>& visit) const;
  [[nodiscard]] const Census& census() const { return census_; }

 private:
  wire::PcapFile file_;
  Census census_;
};

}  // namespace synroute::replay
