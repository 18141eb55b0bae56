// SPDX-License-Identifier: Apache-2.0
#include "fuzz.hpp"
#include "wire/datagram.hpp"
#include "wire/link_layer.hpp"
#include "wire/pcap_file.hpp"

#include <algorithm>

using namespace synroute::wire;

void fuzz(std::span<const std::uint8_t> input) {
  const auto pcap = read_pcap(input);
  if (!pcap) {
    return;
  }
  PcapWriter writer;
  for (const PcapRecord& record : pcap->records) {
    if (const auto payload = ip_payload(record.link_type, record.frame)) {
      require(payload->packet.size() <= record.frame.size());
      static_cast<void>(dissect(payload->packet));
    }
    writer.add(record.at, record.frame);
  }
  const auto written = writer.take();
  const auto again = read_pcap(written);
  require(again && !again->cut && again->records.size() == pcap->records.size());
  for (std::size_t i = 0; i < again->records.size(); ++i) {
    require(std::ranges::equal(again->records[i].frame, pcap->records[i].frame));
  }
}
