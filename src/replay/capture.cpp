// SPDX-License-Identifier: Apache-2.0
#include "replay/capture.hpp"

#include "wire/checksum.hpp"
#include "wire/link_layer.hpp"
#include "wire/reader.hpp"

#include <algorithm>
#include <utility>

namespace synroute::replay {
namespace {

using Bytes = std::span<const std::uint8_t>;
using wire::Checksum;
using wire::TcpFlag;

/// With checksum offload a captured segment carries only the sum of the pseudo header, which the
/// NIC would complete.
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

/// Dissects one record, or counts why it cannot be used.
std::optional<CapturedPacket> packet_of(
    const wire::PcapRecord& record, CaptureStatistics& statistics) {
  ++statistics.packets;
  const auto payload = wire::ip_payload(record.link_type, record.frame);
  if (!payload) {
    ++statistics.not_ip;
    return std::nullopt;
  }
  if (record.at == WallTime{}) {
    ++statistics.untimed;
    return std::nullopt;
  }
  auto datagram = wire::dissect(payload->packet);
  if (!datagram) {
    ++statistics.unreadable;
    return std::nullopt;
  }
  if (datagram->ip.fragment_offset != 0) {
    ++statistics.fragments;
    return std::nullopt;
  }
  const bool bad_checksum = has_bad_checksum(*datagram, payload->packet);
  const bool truncated = record.original_size > record.frame.size();
  return CapturedPacket{
      record.at, std::move(*datagram), payload->outgoing, truncated, bad_checksum};
}

}  // namespace

bool is_syn(const wire::Datagram& datagram) {
  const wire::TcpSegment* segment = datagram.tcp();
  if (segment == nullptr) {
    return false;
  }
  const wire::TcpFlags flags = segment->header.flags;
  return flags.has(TcpFlag::Syn) && !flags.has(TcpFlag::Ack) && !flags.has(TcpFlag::Rst)
         && !flags.has(TcpFlag::Fin);
}

std::expected<Capture, wire::PcapError> Capture::read(Bytes file) {
  auto read = wire::read_pcap(file);
  if (!read) {
    return std::unexpected{read.error()};
  }
  Capture capture;
  capture.file_ = std::move(*read);
  capture.statistics_.file_truncated = capture.file_.cut;
  if (!std::ranges::is_sorted(capture.file_.records, {}, &wire::PcapRecord::at)) {
    std::ranges::stable_sort(capture.file_.records, {}, &wire::PcapRecord::at);
  }
  std::erase_if(capture.file_.records, [&](const wire::PcapRecord& record) {
    return !packet_of(record, capture.statistics_);
  });
  return capture;
}

void Capture::for_each(const std::function<void(CapturedPacket)>& visit) const {
  CaptureStatistics ignored;
  for (const wire::PcapRecord& record : file_.records) {
    if (auto packet = packet_of(record, ignored)) {
      visit(std::move(*packet));
    }
  }
}

}  // namespace synroute::replay
