// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "replay/packet_store.hpp"
#include "replay/segment_screen.hpp"
#include "wire/datagram.hpp"
#include "wire/pcap_file.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace synroute::replay {

/// Counts of the packets in a capture that cannot be used, and how far it could be read.
struct CaptureStatistics {
  std::size_t packets = 0;         ///< all records
  std::size_t not_ip = 0;          ///< frames of a known link type without readable IP
  std::size_t untimed = 0;         ///< records without a timestamp
  std::size_t unreadable = 0;      ///< malformed or truncated headers
  std::size_t fragments = 0;       ///< IP fragments other than the first
  std::size_t later_segments = 0;  ///< of connections, behind their first
  std::size_t unrelated = 0;       ///< packets that cannot belong to a trace
  std::size_t beyond_store = 0;    ///< SYNs and answers for which there was no room
  std::map<wire::LinkType, std::size_t> unread_links;  ///< frames of link types that are not read
  std::optional<wire::PcapDamage> damage;
  /// Of a compressed capture: why it was not read to its end, as a clause.
  std::optional<std::string_view> compression_fault;
};

/// One IP packet of a capture.
struct CapturedPacket {
  WallTime at;
  wire::Datagram datagram;
  /// Sent by the capturing host; absent when the link type does not tell.
  std::optional<bool> outgoing;
  bool truncated = false;  ///< shorter than on the wire (snap length)
  bool bad_checksum = false;
  std::span<const std::uint8_t> bytes;  ///< in the capture's store
};

/// The packets of a capture that can belong to a trace, in the order of time.
class Capture {
 public:
  /// Reads pcap and pcapng, as they are or compressed by gzip or zstd. The source is read to its
  /// end or to the first damage. An error is a clause such as "not a pcap or pcapng file".
  [[nodiscard]] static std::expected<Capture, std::string> read(wire::ByteSource source);
  [[nodiscard]] static std::expected<Capture, std::string> read(std::span<const std::uint8_t> file);

  /// Dissects the packets anew on each call rather than keep them all in memory.
  void for_each(const std::function<void(CapturedPacket)>& visit) const;
  [[nodiscard]] const CaptureStatistics& statistics() const { return statistics_; }
  /// What the bytes of packets are views of.
  [[nodiscard]] std::shared_ptr<const PacketStore> store() const { return store_; }

 private:
  void take(const wire::PcapRecord& record);
  [[nodiscard]] std::optional<std::span<const std::uint8_t>> packet_of(
      const wire::PcapRecord& record, std::optional<bool>& outgoing);

  std::shared_ptr<PacketStore> store_ = std::make_shared<PacketStore>();
  SegmentScreen screen_;
  CaptureStatistics statistics_;
};

}  // namespace synroute::replay
