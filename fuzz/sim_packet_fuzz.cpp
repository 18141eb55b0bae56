// SPDX-License-Identifier: Apache-2.0
#include "fuzz.hpp"
#include "sim/stack/ip_stack.hpp"
#include "sim/stack/packet.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

using namespace synroute;

namespace {

/// What boxes do to packets: checksums that were right stay right, wrong ones stay wrong.
void change(sim::Packet packet) {
  const bool whole = packet.size() == packet.total_length();
  const bool header = packet.header_checksum_good();
  const bool transport = sim::transport_checksum_good(packet);
  packet.set_ttl(7);
  packet.set_tos(0xb8);
  packet.set_id(4711);
  const auto other =
      packet.family() == Family::V4 ? IpAddress::v4(0xc0000207) : *IpAddress::parse("2001:db8::7");
  packet.set_source(other);
  if (packet.has_ports() && !packet.is_fragment()) {
    packet.set_source_port(1);
  }
  require(packet.header_checksum_good() == header);
  require(!whole || packet.is_fragment() || sim::transport_checksum_good(packet) == transport);
  require(packet.source() == other && packet.ttl() == 7 && packet.tos() == 0xb8);
}

}  // namespace

void fuzz(std::span<const std::uint8_t> input) {
  const auto packet = sim::Packet::adopt({input.begin(), input.end()});
  if (!packet) {
    return;
  }
  require(packet->transport_offset() <= packet->size());
  if (auto quote = packet->is_icmp_error() ? packet->quote() : std::nullopt) {
    sim::Packet outer = *packet;
    quote->set_ttl(1);
    outer.set_quote(*quote);
    require(outer.size() == packet->size());
  }
  change(*packet);

  sim::HostSettings settings;
  settings.open = sim::PortSet::all();
  sim::IpStack stack{settings, 1};
  std::vector<sim::Packet> answers;
  for (int second = 0; second < 3; ++second) {
    const Instant now = Instant{} + std::chrono::seconds{second};
    stack.handle(*packet, now, answers);
    stack.advance(now, answers);
  }
  require(answers.size() <= 16);
  for (const sim::Packet& answer : answers) {
    require(answer.size() == answer.total_length() && answer.header_checksum_good());
    require(answer.is_fragment() || sim::transport_checksum_good(answer));
  }
}
