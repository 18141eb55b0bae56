// SPDX-License-Identifier: Apache-2.0
#include "fuzz.hpp"
#include "wire/captures_for_tests.hpp"
#include "wire/datagram.hpp"
#include "wire/link_layer.hpp"

using namespace synroute::wire;

void fuzz(std::span<const std::uint8_t> input) {
  const auto pcap = testing::read_pcap(input);
  if (!pcap) {
    return;
  }
  PcapWriter writer;
  for (const testing::KeptRecord& record : pcap->records) {
    if (const auto payload = ip_payload(record.link_type, record.frame)) {
      require(payload->packet.size() <= record.frame.size());
      static_cast<void>(dissect(payload->packet));
    }
    writer.add(record.at.value_or(synroute::WallTime{}), record.frame);
  }
  const auto written = writer.take();
  const auto again = testing::read_pcap(written);
  require(again && !again->damage && again->records.size() == pcap->records.size());
  for (std::size_t i = 0; i < again->records.size(); ++i) {
    require(again->records[i].frame == pcap->records[i].frame);
  }
}
