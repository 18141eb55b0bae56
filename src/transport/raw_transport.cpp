// SPDX-License-Identifier: Apache-2.0
#include "transport/raw_transport.hpp"

#include "os/network/packet_counters.hpp"
#include "os/network/route.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace synroute::transport {

namespace {

constexpr Duration kCountingPause = std::chrono::milliseconds{10};

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
      queue_{
          [this](std::span<const seam::Outgoing> batch) { return sender_.send(batch, reports_); }},
      departures_{sockets_->outgoing()},
      receiver_{
          *sockets_,
          {options.source, options.source_ports, options.targets},
          departures_.translations(),
          options.keep},
      deliveries_{deliveries_for(*sockets_, options)},
      hears_loopback_{options.hears_loopback},
      reverse_path_before_{
          options.source.family() == Family::V4 ? os::reverse_path_drops() : std::nullopt},
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
  std::vector<seam::Outgoing> rest;
  if (!refused_.empty()) {
    rest = without_refused(batch);
    batch = rest;
  }
  departures_.expect(batch);
  receiver_.expect_translated(!departures_.are_plain());
  queue_.send(batch, os::now());
  departures_.collect(reports_);
  receiver_.expect_translated(!departures_.are_plain());
  if (!link_check_ && departures_.waiting_since()) {
    check_carriers();
    schedule_link_check();
  }
}

std::vector<seam::Outgoing> RawTransport::without_refused(std::span<const seam::Outgoing> batch) {
  std::vector<seam::Outgoing> rest;
  for (const seam::Outgoing& outgoing : batch) {
    const auto found = refused_.find(outgoing.datagram.ip.destination);
    if (found == refused_.end()) {
      rest.push_back(outgoing);
    } else {
      seam::NotSent report = found->second;
      report.token = outgoing.token;
      reports_.emplace_back(report);
    }
  }
  return rest;
}

/// Where the next hop is known, a probe has been seen leaving by now.
void RawTransport::check_carriers() {
  for (const IpAddress& target : departures_.waiting_targets(os::now())) {
    const NextHop* hop = hops_.of(target);
    if (hop != nullptr && lacks_carrier(hop->interface)) {
      refuse(target, {.token = 0, .why = model::Refusal::NoCarrier});
    }
  }
}

bool RawTransport::lacks_carrier(const std::string& interface) {
  const auto [known, is_new] = carrier_lacks_.try_emplace(interface, false);
  if (is_new) {
    const auto link = os::find_interface(interface);
    known->second = link && link->up && !link->carrier;
  }
  return known->second;
}

/// No probe has been seen leaving for longer than address resolution takes when it works.
void RawTransport::check_neighbours(Instant now) {
  for (const IpAddress& target : departures_.waiting_targets(now - kNeighbourPatience)) {
    const auto missing = hops_.find(target, departures_.waiting_since(target));
    if (!missing) {
      departures_.stop_waiting(target);
      continue;
    }
    seam::NotSent report{.token = 0, .why = model::Refusal::NoNeighbour};
    if (hops_.is_elsewhere(target, *missing)) {
      report.missing_hop = missing;
    }
    refuse(target, report);
  }
  schedule_link_check();
}

void RawTransport::schedule_link_check() {
  const auto since = departures_.waiting_since();
  link_check_ = since ? std::optional{*since + kNeighbourPatience} : std::nullopt;
}

void RawTransport::refuse(const IpAddress& target, const seam::NotSent& why) {
  refused_.emplace(target, why);
  for (const seam::Token token : departures_.take_unseen(target)) {
    seam::NotSent report = why;
    report.token = token;
    reports_.emplace_back(report);
  }
}

void RawTransport::send_again(Instant now) {
  queue_.retry(now);
  for (const seam::Outgoing& each : queue_.take_given_up(now)) {
    reports_.emplace_back(seam::NotSent{each.token, model::Refusal::NoBuffers});
  }
}

void RawTransport::receive(std::vector<seam::Incoming>& into) {
  // Packets before stamps: the stamp of a probe whose answer is here is then certainly here as
  // well.
  const Instant begun = os::now();
  const std::size_t known = into.size();
  send_again(begun);
  departures_.collect(reports_);
  if (link_check_ && begun >= *link_check_) {
    check_neighbours(begun);
  }
  receiver_.accept_loopback(hears_loopback_ || departures_.use_loopback());
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
  count_reverse_path_drops(std::span{into}.subspan(known), begun);
  for (const KeptPacket& kept : receiver_.take_kept()) {
    sink_(instant_of(kept.stamp, clocks.monotonic), kept.bytes);
  }
  drained_ = begun;
}

/// Looked at only while answers are missing: a reading takes as long as five system calls.
void RawTransport::count_reverse_path_drops(std::span<const seam::Incoming> news, Instant now) {
  for (const seam::Incoming& each : news) {
    const auto* heard = std::get_if<seam::Received>(&each);
    if (heard != nullptr && heard->datagram.tcp() != nullptr) {
      ++undelivered_;
    } else if (std::holds_alternative<seam::Delivered>(each)) {
      undelivered_ -= std::min<std::uint64_t>(undelivered_, 1);
    }
  }
  const bool misses_some = undelivered_ > 0 || receiver_.counters().dropped_by_firewall > 0;
  if (!reverse_path_before_ || !misses_some || now - counted_ < kCountingPause) {
    return;
  }
  counted_ = now;
  reverse_path_drops_ = os::reverse_path_drops().value_or(0) - *reverse_path_before_;
}

Instant RawTransport::instant_of(std::optional<WallTime> stamp, Instant read_at) const {
  return stamp ? clock_.instant_of(*stamp, drained_, read_at) : read_at;
}

model::Counters RawTransport::counters() const {
  model::Counters result = receiver_.counters();
  result.reverse_path_drops = reverse_path_drops_;
  result.clock_steps = clock_.steps();
  return result;
}

}  // namespace synroute::transport
