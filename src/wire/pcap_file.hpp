// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "wire/writer.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace synroute::wire {

/// What stands before the IP header in a capture (the LINKTYPE_ registry of tcpdump.org).
enum class LinkType : std::uint16_t {
  Null = 0,  ///< BSD loopback
  Ethernet = 1,
  RawOld = 12,  ///< nothing, as older files of some systems have it
  Raw = 101,    ///< nothing
  Loop = 108,   ///< OpenBSD loopback
  LinuxCooked = 113,
  Ipv4 = 228,
  Ipv6 = 229,
  LinuxCooked2 = 276,
};

/// The largest snap length libpcap accepts; a longer record is damage.
inline constexpr std::size_t kPcapFrameMax = 262144;

/// One packet of a capture; `frame` is a view into the file it was read from.
struct PcapRecord {
  WallTime at;
  std::span<const std::uint8_t> frame;
  std::size_t original_size = 0;  ///< on the wire; more than the frame when the capture cut it
  LinkType link_type = LinkType::Raw;
};

/// A capture as read. Holds views: the bytes must outlive it.
struct PcapFile {
  LinkType link_type = LinkType::Raw;  ///< of the file; in pcapng, of its first interface
  std::vector<PcapRecord> records;
  bool cut = false;  ///< the file ends inside a record, as after an interrupted capture
};

enum class PcapError : std::uint8_t { NotPcap, BadRecord };
[[nodiscard]] std::string_view describe(PcapError error);

/// Reads classic files (draft-ietf-opsawg-pcap) of either precision and byte order, and pcapng.
[[nodiscard]] std::expected<PcapFile, PcapError> read_pcap(std::span<const std::uint8_t> file);

/// The packet inside a frame.
struct LinkPayload {
  std::span<const std::uint8_t> packet;
  std::optional<bool> outgoing;  ///< sent by the capturing host; known in Linux cooked frames
};

/// Takes the link header off, VLAN tags included. Nothing when the frame carries no IP or is cut,
/// or the link type is unknown.
[[nodiscard]] std::optional<LinkPayload> ip_payload(
    LinkType link_type, std::span<const std::uint8_t> frame);

/// Builds a nanosecond file of raw IP packets, in network byte order.
class PcapWriter {
 public:
  PcapWriter();
  /// `at` must not lie before 1970. Packets beyond 2^32 s (2106) wrap, as the format has it.
  void add(WallTime at, std::span<const std::uint8_t> packet);
  /// The file so far; what was taken before is not repeated, so that pieces may be appended to a
  /// file.
  std::vector<std::uint8_t> take() { return writer_.take(); }

 private:
  Writer writer_;
};

}  // namespace synroute::wire
