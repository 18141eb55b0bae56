// SPDX-License-Identifier: Apache-2.0
#include "fuzz.hpp"
#include "wire/datagram.hpp"
#include "wire/pretty.hpp"

#include <algorithm>

using namespace synroute;
using namespace synroute::wire;

namespace {

/// The datagram without what writing does not keep: options and extension headers, and the verdicts
/// and lengths that it computes anew.
Datagram kept(Datagram datagram) {
  IpHeader& ip = datagram.ip;
  const bool fragment = ip.more_fragments || ip.fragment_offset != 0;
  ip.has_options = false;
  ip.header_size = ip.total_length = 0;
  if (ip.family() == Family::V6 && !fragment) {
    ip.id = 0;
  }
  if (auto* tcp = std::get_if<TcpSegment>(&datagram.body)) {
    tcp->checksum = Checksum::Unknown;
  } else if (auto* udp = std::get_if<UdpDatagram>(&datagram.body)) {
    udp->checksum = Checksum::Unknown;
  } else if (auto* icmp = std::get_if<IcmpMessage>(&datagram.body)) {
    icmp->checksum = Checksum::Unknown;
  }
  return datagram;
}

}  // namespace

void fuzz(std::span<const std::uint8_t> input) {
  const auto datagram = dissect(input);
  if (!datagram) {
    return;
  }
  const std::string line = pretty(*datagram);
  require(
      std::ranges::none_of(line, [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; }));
  const auto written = bytes(*datagram);
  const auto again = dissect(written);
  require(again.has_value());
  require(kept(*again) == kept(*datagram));
  require(bytes(*again) == written);
}
