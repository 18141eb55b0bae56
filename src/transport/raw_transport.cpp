// SPDX-License-Identifier: Apache-2.0
#include "transport/raw_transport.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace synroute::transport {

namespace {

/// Not for probes that a packet socket hands to a neighbour past connection tracking: their answers
/// may be dropped where those of a connection are not. Not for link-local sources: binding to one
/// ties a socket to its interface for good.
bool can_tell_deliveries(const RawSockets& sockets, const RawTransport::Options& options) {
  return sockets.tcp(options.source.family()) >= 0 && !options.next_hop
         && !options.source.is_link_local();
}

std::optional<Deliveries> deliveries_for(
    const RawSockets& sockets, const RawTransport::Options& options) {
  if (!can_tell_deliveries(sockets, options)) {
    return std::nullopt;
  }
  return std::make_optional<Deliveries>(
      sockets.tcp(options.source.family()), options.source, options.source_ports);
}

}  // namespace

RawTransport::RawTransport(std::shared_ptr<const RawSockets> sockets, Options options)
    : sockets_{std::move(sockets)},
      sender_{*sockets_, options.source, options.egress, options.next_hop},
      departures_{sockets_->outgoing()},
      receiver_{
          *sockets_,
          {options.source, options.source_ports, options.targets},
          departures_.translations(),
          options.keep},
      deliveries_{deliveries_for(*sockets_, options)},
      sink_{std::move(options.sink)},
      clock_{os::read_clocks()},
      drained_{os::now()} {}

RawTransport::RawTransport(Options options)
    : RawTransport{std::make_shared<const RawSockets>(options.egress.mark), std::move(options)} {}

seam::TransportTraits RawTransport::traits() const {
  return {
      .method = model::Method::Raw,
      .sees_departures = true,
      .sees_deliveries = deliveries_.has_value()};
}

void RawTransport::send(std::span<const seam::Outgoing> batch) {
  departures_.expect(batch);
  receiver_.expect_translated(!departures_.are_plain());
  sender_.send(batch, reports_);
  departures_.collect(reports_);
  receiver_.expect_translated(!departures_.are_plain());
}

void RawTransport::receive(std::vector<seam::Incoming>& into) {
  // Packets before stamps: the stamp of a probe whose answer is here is then certainly here as
  // well.
  const Instant begun = os::now();
  departures_.collect(reports_);
  receiver_.receive(packets_);
  sender_.read_stamps();
  const os::ClockPair clocks = os::read_clocks();
  clock_.observe(clocks);
  sender_.collect_stamps(clock_, clocks.monotonic, reports_);
  std::ranges::move(reports_, std::back_inserter(into));
  reports_.clear();
  for (StampedDatagram& packet : packets_) {
    const Instant at = instant_of(packet.stamp, clocks.monotonic);
    into.emplace_back(seam::Received{std::move(packet.datagram), at, std::nullopt});
  }
  packets_.clear();
  if (deliveries_) {
    deliveries_->receive(into);
  }
  for (const KeptPacket& kept : receiver_.take_kept()) {
    sink_(instant_of(kept.stamp, clocks.monotonic), kept.bytes);
  }
  drained_ = begun;
}

Instant RawTransport::instant_of(std::optional<WallTime> stamp, Instant read_at) const {
  return stamp ? clock_.instant_of(*stamp, drained_, read_at) : read_at;
}

model::Counters RawTransport::counters() const {
  model::Counters result = receiver_.counters();
  result.clock_steps = clock_.steps();
  return result;
}

}  // namespace synroute::transport
