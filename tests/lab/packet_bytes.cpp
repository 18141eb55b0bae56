// SPDX-License-Identifier: Apache-2.0
#include "packet_bytes.hpp"

#include <algorithm>

namespace synroute::lab {

bool find_layout(View packet, Layout& layout) {
  if (packet.empty()) {
    return false;
  }
  if (packet[0] >> 4U == 6) {
    if (packet.size() < 40) {
      return false;
    }
    layout = {
        .is_v6 = true, .header = 40, .address = 16, .source = 8, .ttl = 7, .protocol = packet[6]};
    return true;
  }
  const std::size_t header = std::size_t{packet[0] & 0x0fU} * 4;
  if (packet[0] >> 4U != 4 || header < 20 || packet.size() < header) {
    return false;
  }
  layout = {
      .is_v6 = false,
      .header = header,
      .address = 4,
      .source = 12,
      .ttl = 8,
      .protocol = packet[9]};
  return true;
}

Bytes make_header(
    View source, View destination, std::uint8_t protocol, std::uint8_t ttl, std::size_t payload) {
  const bool is_v6 = source.size() == 16;
  Bytes header(is_v6 ? 40 : 20);
  if (is_v6) {
    header[0] = 0x60;
    write16(header, 4, static_cast<std::uint32_t>(payload));
    header[6] = protocol;
    header[7] = ttl;
  } else {
    header[0] = 0x45;
    write16(header, 2, static_cast<std::uint32_t>(header.size() + payload));
    header[6] = 0x40;  // do not fragment
    header[8] = ttl;
    header[9] = protocol;
  }
  const auto addresses = header.end() - static_cast<std::ptrdiff_t>(2 * source.size());
  std::ranges::copy(source, addresses);
  std::ranges::copy(destination, addresses + static_cast<std::ptrdiff_t>(source.size()));
  return header;
}

void seal(Bytes& packet, const Layout& layout, std::size_t at) {
  const View all{packet};
  const std::size_t field = layout.header + at;
  if (packet.size() >= field + 2) {
    write16(packet, field, 0);
    std::uint32_t sum = add_words(all.subspan(layout.header));
    if (layout.protocol != kIcmp) {
      sum = add_words(all.subspan(layout.source, 2 * layout.address), sum);
      sum += layout.protocol + static_cast<std::uint32_t>(packet.size() - layout.header);
    }
    write16(packet, field, fold(sum));
  }
  if (!layout.is_v6) {
    write16(packet, 10, 0);
    write16(packet, 10, fold(add_words(all.first(layout.header))));
  }
}

}  // namespace synroute::lab
