// SPDX-License-Identifier: Apache-2.0
#include "engine/reply_reader.hpp"

namespace synroute::engine {

model::Reply read_reply(const Match& match, const wire::Datagram& datagram) {
  model::Reply reply;
  reply.kind = match.kind;
  reply.from = datagram.ip.source;
  if (datagram.ip.ttl != Ttl{0}) {
    reply.ttl = datagram.ip.ttl;  // 0: not visible to the transport
  }
  reply.tos = datagram.ip.tos;
  reply.ip_id = datagram.ip.id;
  reply.grade = match.grade;
  if (const auto* message = datagram.icmp()) {
    reply.icmp_type = message->type;
    reply.icmp_code = message->code;
    reply.next_hop_mtu = wire::next_hop_mtu(datagram.ip.family(), *message);
    reply.quote = message->quote;
    reply.extensions = message->extensions;
  } else if (const auto* segment = datagram.tcp()) {
    reply.flags = segment->header.flags;
    reply.window = segment->header.window;
    reply.options = segment->header.options;
  }
  return reply;
}

}  // namespace synroute::engine
