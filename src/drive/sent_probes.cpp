// SPDX-License-Identifier: Apache-2.0
#include "drive/sent_probes.hpp"

namespace synroute::drive {

void SentProbes::add(const wire::Datagram& probe, std::uint32_t lane) {
  const auto* segment = probe.tcp();
  if (segment == nullptr) {
    return;
  }
  entries_.resize(kSlots);
  const auto& header = segment->header;
  entries_[header.sequence % kSlots] = {
      .key =
          {.target = probe.ip.destination,
           .source_port = header.source_port,
           .target_port = header.destination_port,
           .sequence = header.sequence},
      .lane = lane,
      .is_used = true};
}

std::optional<SentProbes::Key> SentProbes::named_by(const wire::Datagram& answer) {
  if (const auto* segment = answer.tcp()) {
    return Key{
        .target = answer.ip.source,
        .source_port = segment->header.destination_port,
        .target_port = segment->header.source_port,
        .sequence = segment->header.acknowledgement - 1};
  }
  const auto* icmp = answer.icmp();
  if (icmp == nullptr || !icmp->quote || !icmp->quote->tcp) {
    return std::nullopt;
  }
  return Key{
      .target = icmp->quote->destination,
      .source_port = icmp->quote->tcp->source_port,
      .target_port = icmp->quote->tcp->destination_port,
      .sequence = icmp->quote->tcp->sequence};
}

std::optional<std::uint32_t> SentProbes::lane_of(const wire::Datagram& answer) const {
  const auto key = named_by(answer);
  if (!key || entries_.empty()) {
    return std::nullopt;
  }
  const Entry& entry = entries_[key->sequence % kSlots];
  return entry.is_used && entry.key == *key ? std::optional{entry.lane} : std::nullopt;
}

}  // namespace synroute::drive
