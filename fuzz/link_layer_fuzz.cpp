// SPDX-License-Identifier: Apache-2.0
#include "wire/link_layer.hpp"

#include "fuzz.hpp"
#include "wire/datagram.hpp"
#include "wire/link_protocols.hpp"

using namespace synroute::wire;

/// Two bytes name the link type, the rest is a frame.
void fuzz(std::span<const std::uint8_t> input) {
  Reader reader{input};
  const LinkType type{reader.u16()};
  const auto frame = reader.rest();
  const auto payload = ip_payload(type, frame);
  require(is_read(type) || !payload);
  if (!payload) {
    return;
  }
  require(payload->packet.size() <= frame.size());
  if (const auto inner = tunnelled_packet(payload->packet)) {
    require(inner->size() < payload->packet.size());
    static_cast<void>(dissect(*inner));
  }
}
