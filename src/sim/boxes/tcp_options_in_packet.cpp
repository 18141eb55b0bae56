// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/tcp_options_in_packet.hpp"

#include "wire/tcp.hpp"

namespace synroute::sim {

std::vector<PlacedOption> placed_options(const Packet& packet) {
  std::vector<PlacedOption> found;
  const auto bytes = packet.bytes();
  const std::size_t end = packet.transport_offset() + packet.tcp_header_size();
  std::size_t at = packet.transport_offset() + wire::TcpHeader::kSize;
  while (at < end && bytes[at] != 0) {
    if (bytes[at] == 1) {
      ++at;
      continue;
    }
    const std::size_t size = at + 1 < end ? bytes[at + 1] : std::size_t{0};
    if (size < 2 || at + size > end) {
      break;
    }
    found.push_back({bytes[at], at, size});
    at += size;
  }
  return found;
}

}  // namespace synroute::sim
