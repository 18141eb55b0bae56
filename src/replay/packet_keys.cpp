// SPDX-License-Identifier: Apache-2.0
#include "replay/packet_keys.hpp"

#include "wire/icmp.hpp"

namespace synroute::replay {

std::optional<ConnectionKey> forward_key(const wire::Datagram& datagram) {
  const wire::TcpSegment* segment = datagram.tcp();
  if (segment == nullptr) {
    return std::nullopt;
  }
  const wire::TcpHeader& header = segment->header;
  return ConnectionKey{
      .key = {datagram.ip.source, datagram.ip.destination, header.destination_port},
      .port = header.source_port};
}

std::optional<ConnectionKey> reverse_key(const wire::Datagram& datagram) {
  const wire::TcpSegment* segment = datagram.tcp();
  if (segment == nullptr) {
    return std::nullopt;
  }
  const wire::TcpHeader& header = segment->header;
  return ConnectionKey{
      .key = {datagram.ip.destination, datagram.ip.source, header.source_port},
      .port = header.destination_port};
}

std::optional<ConnectionKey> quoted_key(const wire::Datagram& datagram) {
  const wire::IcmpMessage* message = datagram.icmp();
  if (message == nullptr || !message->quote || !message->quote->tcp) {
    return std::nullopt;
  }
  const wire::QuotedTcp& tcp = *message->quote->tcp;
  return ConnectionKey{
      .key = {datagram.ip.destination, message->quote->destination, tcp.destination_port},
      .port = tcp.source_port};
}

bool is_time_exceeded(const wire::Datagram& datagram) {
  const wire::IcmpMessage* message = datagram.icmp();
  return message != nullptr
         && wire::kind(datagram.ip.family(), message->type) == wire::IcmpKind::TimeExceeded;
}

}  // namespace synroute::replay
