// SPDX-License-Identifier: Apache-2.0
#include "replay/segment_screen.hpp"

#include "base/ip_address.hpp"

namespace synroute::replay {
namespace {

using wire::TcpFlag;

/// FNV-1a, then mixed; only for spreading over a table.
std::uint64_t hash_of(const IpAddress& address, Port port) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](std::uint64_t byte) { hash = (hash ^ byte) * 0x100000001b3; };
  for (const std::uint8_t byte : address.bytes()) {
    add(byte);
  }
  add(port.value() & 0xffU);
  add(port.value() >> 8U);
  return hash ^ hash >> 29U;
}

std::uint64_t connection_of(const wire::Datagram& datagram) {
  const wire::TcpHeader& header = datagram.tcp()->header;
  return hash_of(datagram.ip.source, header.source_port)
         + hash_of(datagram.ip.destination, header.destination_port);
}

}  // namespace

SegmentScreen::Verdict SegmentScreen::judge(const wire::Datagram& datagram) {
  const wire::TcpSegment* segment = datagram.tcp();
  if (segment == nullptr) {
    const wire::IcmpMessage* message = datagram.icmp();
    const bool quotes = message != nullptr && message->quote && message->quote->tcp;
    return quotes ? Verdict::Keep : Verdict::Unrelated;
  }
  const std::uint64_t connection = connection_of(datagram);
  if (is_syn(datagram)) {
    if (segments_of_.size() < kConnectionsMax) {
      segments_of_[connection] = 0;
    }
    return Verdict::Keep;
  }
  // Captures of several queues may hold an answer before the SYN.
  if (segment->header.flags.has(TcpFlag::Syn) || segment->header.flags.has(TcpFlag::Rst)) {
    return Verdict::Keep;
  }
  const auto found = segments_of_.find(connection);
  if (found == segments_of_.end()) {
    return Verdict::Unrelated;
  }
  if (found->second == kSegmentsKept) {
    return Verdict::LaterSegment;
  }
  ++found->second;
  return Verdict::Keep;
}

bool is_syn(const wire::Datagram& datagram) {
  const wire::TcpSegment* segment = datagram.tcp();
  if (segment == nullptr) {
    return false;
  }
  const wire::TcpFlags flags = segment->header.flags;
  return flags.has(TcpFlag::Syn) && !flags.has(TcpFlag::Ack) && !flags.has(TcpFlag::Rst)
         && !flags.has(TcpFlag::Fin);
}

}  // namespace synroute::replay
