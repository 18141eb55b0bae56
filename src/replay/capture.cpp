// SPDX-License-Identifier: Apache-2.0
#include "replay/capture.hpp"

#include "replay/decompress.hpp"
#include "wire/checksum.hpp"
#include "wire/link_layer.hpp"
#include "wire/link_protocols.hpp"
#include "wire/reader.hpp"

#include <fmt/format.h>

#include <utility>

namespace synroute::replay {
namespace {

using Bytes = std::span<const std::uint8_t>;
using wire::Checksum;

/// Link types counted one by one; a hostile file can name 65,536.
constexpr std::size_t kUnreadLinksMax = 8;

/// With checksum offload a captured segment carries only the sum of the pseudo header, which the
/// NIC would complete. `packet` ends where its IP header says.
bool has_offloaded_checksum(const wire::IpHeader& ip, Bytes packet) {
  wire::Reader reader{wire::behind(packet, ip.header_size)};
  const std::size_t length = reader.left();
  reader.skip(16);
  const std::uint16_t field = reader.u16();
  return !reader.failed() && ip.protocol == static_cast<std::uint8_t>(wire::Protocol::Tcp)
         && field == wire::pseudo_header(ip.source, ip.destination, ip.protocol, length).folded();
}

bool has_bad_checksum(const wire::Datagram& datagram, Bytes packet) {
  if (wire::checksum(datagram) == Checksum::Bad && !has_offloaded_checksum(datagram.ip, packet)) {
    return true;
  }
  return datagram.ip.family() == Family::V4
         && wire::InternetSum{}.add(wire::first_at_most(packet, datagram.ip.header_size)).verdict()
                == Checksum::Bad;
}

/// The packet without what follows its total length: the padding of short Ethernet frames (60
/// bytes), check sequences. With segmentation offload the length may be 0.
Bytes without_padding(const wire::IpHeader& ip, Bytes packet) {
  return ip.total_length >= ip.header_size ? wire::first_at_most(packet, ip.total_length) : packet;
}

/// The part of a packet that is kept: headers and what tells whether there was data. ICMP errors
/// are kept with their extensions, SYNs with all that makes probes of different lengths differ.
Bytes kept_part(const wire::Datagram& datagram, Bytes packet) {
  constexpr std::size_t kOfSegment = 192;
  constexpr std::size_t kOfOthers = 2048;
  const bool later = datagram.tcp() != nullptr && !is_syn(datagram);
  return wire::first_at_most(packet, later ? kOfSegment : kOfOthers);
}

}  // namespace

std::expected<Capture, std::string> Capture::read(wire::ByteSource source) {
  Decompressor input{std::move(source)};
  if (const auto format = input.unread_format()) {
    return std::unexpected{fmt::format("compressed by {0}, which is not read", *format)};
  }
  auto reader =
      wire::PcapReader::open([&](std::span<std::uint8_t> into) { return input.read(into); });
  if (!reader) {
    return std::unexpected{
        input.fault() ? fmt::format("not a capture: {}", *input.fault())
                      : "not a pcap or pcapng file"};
  }
  Capture capture;
  while (const auto record = reader->next()) {
    capture.take(*record);
  }
  capture.statistics_.damage = reader->damage();
  capture.statistics_.compression_fault = input.fault();
  capture.screen_ = {};
  capture.store_->sort_by_time();
  return capture;
}

std::expected<Capture, std::string> Capture::read(Bytes file) {
  return read(wire::source_of(file));
}

/// The IP packet of a frame, the inner one of a tunnel. Counts a frame that has none.
std::optional<Bytes> Capture::packet_of(
    const wire::PcapRecord& record, std::optional<bool>& outgoing) {
  ++statistics_.packets;
  const auto payload = wire::ip_payload(record.link_type, record.frame);
  if (!payload) {
    if (wire::is_read(record.link_type)) {
      ++statistics_.not_ip;
    } else if (
        statistics_.unread_links.size() < kUnreadLinksMax
        || statistics_.unread_links.contains(record.link_type)) {
      ++statistics_.unread_links[record.link_type];
    }
    return std::nullopt;
  }
  outgoing = payload->outgoing;
  return wire::tunnelled_packet(payload->packet).value_or(payload->packet);
}

void Capture::take(const wire::PcapRecord& record) {
  std::optional<bool> outgoing;
  const auto packet = packet_of(record, outgoing);
  if (!packet) {
    return;
  }
  if (!record.at) {
    ++statistics_.untimed;
    return;
  }
  const auto datagram = wire::dissect(*packet);
  if (!datagram) {
    ++statistics_.unreadable;
    return;
  }
  if (datagram->ip.fragment_offset != 0) {
    ++statistics_.fragments;
    return;
  }
  switch (screen_.judge(*datagram)) {
    case SegmentScreen::Verdict::Keep: break;
    case SegmentScreen::Verdict::LaterSegment: ++statistics_.later_segments; return;
    case SegmentScreen::Verdict::Unrelated: ++statistics_.unrelated; return;
  }
  const Bytes whole = without_padding(datagram->ip, *packet);
  const bool kept = store_->add(
      {.at = *record.at,
       .bytes = kept_part(*datagram, whole),
       .outgoing = outgoing,
       .truncated = record.original_size > record.frame.size(),
       .bad_checksum = has_bad_checksum(*datagram, whole)});
  statistics_.beyond_store += kept ? 0U : 1U;
}

void Capture::for_each(const std::function<void(CapturedPacket)>& visit) const {
  for (const PacketStore::Packet& packet : store_->packets()) {
    if (auto datagram = wire::dissect(packet.bytes)) {
      visit(
          {packet.at,
           std::move(*datagram),
           packet.outgoing,
           packet.truncated,
           packet.bad_checksum,
           packet.bytes});
    }
  }
}

}  // namespace synroute::replay
