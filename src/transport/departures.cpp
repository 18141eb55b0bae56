// SPDX-License-Identifier: Apache-2.0
#include "transport/departures.hpp"

#include "os/clock.hpp"
#include "os/network/route.hpp"

#include <algorithm>
#include <ranges>

namespace synroute::transport {
namespace {

// A scan of all ports has as many probes on their way; beyond that the copies were plainly missed.
constexpr std::size_t kExpectedMax = 1U << 17;

std::uint32_t ports_of(const model::ConnectionTuple& tuple) {
  return static_cast<std::uint32_t>(tuple.source_port.value()) << 16
         | tuple.destination_port.value();
}

model::ConnectionTuple tuple_of(const wire::Datagram& datagram) {
  const wire::TcpHeader& header = datagram.tcp()->header;
  return {
      .source = datagram.ip.source,
      .source_port = header.source_port,
      .destination = datagram.ip.destination,
      .destination_port = header.destination_port};
}

}  // namespace

void Departures::expect(std::span<const seam::Outgoing> batch) {
  if (expected_.size() > kExpectedMax) {
    expected_.clear();
  }
  for (const seam::Outgoing& outgoing : batch) {
    const auto* segment = outgoing.datagram.tcp();
    if (segment == nullptr) {
      continue;
    }
    if (copies_ == nullptr) {
      flags_ = segment->header.flags;
      copies_ = std::make_unique<OutgoingCopies>(
          socket_, outgoing.datagram.ip.destination.family(), flags_);
    }
    if (segment->header.flags != flags_) {
      continue;  // the reset that withdraws a probe
    }
    const model::ConnectionTuple tuple = tuple_of(outgoing.datagram);
    if (!seen_targets_.contains(tuple.destination) && !waiting_.contains(tuple.destination)) {
      waiting_.emplace(tuple.destination, os::now());
    }
    expected_.insert_or_assign(
        segment->header.sequence,
        Expected{.token = outgoing.token, .tuple = tuple, .ttl = outgoing.datagram.ip.ttl});
    if (!seen_flows_.contains(ports_of(tuple))) {
      unseen_flows_.insert(ports_of(tuple));
    }
  }
}

std::optional<Instant> Departures::waiting_since() {
  if (waiting_.empty() || copies_->dropped() > 0) {
    return std::nullopt;
  }
  return std::ranges::min(waiting_ | std::views::values);
}

std::vector<IpAddress> Departures::waiting_targets(Instant since) const {
  std::vector<IpAddress> targets;
  for (const auto& [target, first_sent] : waiting_) {
    if (first_sent <= since) {
      targets.push_back(target);
    }
  }
  return targets;
}

std::vector<seam::Token> Departures::take_unseen(const IpAddress& target) {
  std::vector<seam::Token> tokens;
  std::erase_if(expected_, [&](const auto& entry) {
    const bool is_its = entry.second.tuple.destination == target;
    if (is_its) {
      tokens.push_back(entry.second.token);
    }
    return is_its;
  });
  std::ranges::sort(tokens);
  waiting_.erase(target);
  return tokens;
}

void Departures::note_seen(const IpAddress& target) {
  constexpr std::size_t kRemembered = 8192;
  waiting_.erase(target);
  if (seen_targets_.size() >= kRemembered) {
    seen_targets_.clear();
  }
  seen_targets_.insert(target);
}

/// A packet that leaves by a VRF is copied for the VRF first and for the device of its route then,
/// all before sendto() returns.
std::string_view Departures::device_of(std::span<const OutgoingCopy> copies) {
  for (const OutgoingCopy& other : copies) {
    if (other.sequence != copies.front().sequence) {
      continue;
    }
    const auto [known, is_new] = devices_.try_emplace(other.interface);
    if (is_new) {
      const auto link = os::find_link(other.interface);
      known->second = link && !link->vrf ? link->name : "";
    }
    if (!known->second.empty()) {
      return known->second;
    }
  }
  return {};
}

void Departures::collect(std::vector<seam::Incoming>& into) {
  if (copies_ == nullptr) {
    return;
  }
  copies_->receive(read_);
  for (std::span<const OutgoingCopy> rest{read_}; !rest.empty(); rest = rest.subspan(1)) {
    const OutgoingCopy& copy = rest.front();
    const auto found = expected_.find(copy.sequence);
    if (found == expected_.end()) {
      continue;  // somebody else's, or the copy of a lower device
    }
    const auto [token, sent, ttl] = found->second;
    expected_.erase(found);
    seen_flows_.insert(ports_of(sent));
    unseen_flows_.erase(ports_of(sent));
    note_seen(sent.destination);
    use_loopback_ = use_loopback_ || copy.by_loopback;
    translations_.learn(copy.sequence, sent, copy.tuple);
    seam::Left left{
        .token = token, .device = device_of(rest), .translation = {}, .changed_ttl = {}};
    if (copy.ttl != ttl) {
      left.changed_ttl = copy.ttl;
    }
    if (copy.tuple != sent) {
      left.translation = model::OwnTranslation{.before = sent, .after = copy.tuple};
    }
    into.emplace_back(left);
  }
  read_.clear();
}

}  // namespace synroute::transport
