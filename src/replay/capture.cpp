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

/// A kernel that leaves the checksum to the card, or sees no need for one between two namespaces,
/// writes the sum of the pseudo header alone.
bool is_unfinished(const wire::IpHeader& ip, Bytes packet) {
  wire::Reader reader{wire::behind(packet, ip.header_size)};
  const std::size_t length = reader.left();
  reader.skip(16);
  const std::uint16_t field = reader.u16();
  return !reader.failed() && ip.protocol == static_cast<std::uint8_t>(wire::Protocol::Tcp)
         && field == wire::pseudo_header(ip.source, ip.destination, ip.protocol, length).folded();
}

bool has_bad_checksum(const wire::Datagram& datagram, Bytes packet) {
  if (wire::checksum(datagram) == Checksum::Bad && !is_unfinished(datagram.ip, packet)) {
    return true;
  }
  return datagram.ip.family() == Family::V4
         && wire::InternetSum{}.add(wire::first_at_most(packet, datagram.ip.header_size)).verdict()
                == Checksum::Bad;
}

/// Reads one record and counts why it is of no use.
std::optional<Packet> packet_of(const wire::PcapRecord& record, Census& census) {
  ++census.packets;
  const auto payload = wire::ip_payload(record.link_type, record.frame);
  if (!payload) {
    ++census.not_ip;
    return std::nullopt;
  }
  if (record.at == WallTime{}) {
    ++census.untimed;
    return std::nullopt;
  }
  auto datagram = wire::dissect(payload->packet);
  if (!datagram) {
    ++census.unreadable;
    return std::nullopt;
  }
  if (datagram->ip.fragment_offset != 0) {
    ++census.fragments;
    return std::nullopt;
  }
  const bool damaged = has_bad_checksum(*datagram, payload->packet);
  const bool cut = record.original_size > record.frame.size();
  return Packet{record.at, std::move(*datagram), payload->outgoing, cut, damaged};
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
  capture.census_.file_cut = capture.file_.cut;
  if (!std::ranges::is_sorted(capture.file_.records, {}, &wire::PcapRecord::at)) {
    std::ranges::stable_sort(capture.file_.records, {}, &wire::PcapRecord::at);
  }
  std::erase_if(capture.file_.records, [&](const wire::PcapRecord& record) {
    return !packet_of(record, capture.census_);
  });
  return capture;
}

void Capture::for_each(const std::function<void(Packet)>& visit) const {
  Census again;
  for (const wire::PcapRecord& record : file_.records) {
    if (auto packet = packet_of(record, again)) {
      visit(std::move(*packet));
    }
  }
}

}  // namespace synroute::replay
