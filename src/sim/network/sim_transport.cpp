// SPDX-License-Identifier: Apache-2.0
#include "sim/network/sim_transport.hpp"

#include "wire/datagram.hpp"

#include <utility>

namespace synroute::sim {

seam::TransportTraits SimTransport::traits() const {
  return {.method = model::Method::Sim};
}

void SimTransport::send(std::span<const seam::Outgoing> batch) {
  for (const seam::Outgoing& outgoing : batch) {
    world_.send(wire::bytes(outgoing.datagram));
    sent_.emplace_back(seam::Sent{.token = outgoing.token, .at = world_.now()});
  }
}

void SimTransport::receive(std::vector<seam::Incoming>& into) {
  into.insert(into.end(), sent_.begin(), sent_.end());
  sent_.clear();
  for (const Delivery& delivery : world_.take_delivered()) {
    if (sink_) {
      sink_(delivery.at, delivery.bytes);
    }
    auto datagram = wire::dissect(delivery.bytes);
    if (!datagram) {
      ++counters_.malformed;
      // A kernel drops packets with a bad checksum before any socket; so does a real transport.
    } else if (wire::checksum(*datagram) == wire::Checksum::Bad) {
      ++counters_.bad_checksum;
    } else {
      into.emplace_back(
          seam::Received{.datagram = std::move(*datagram), .received = delivery.at, .about = {}});
    }
  }
}

WallTime VirtualWaiter::wall() {
  return WallTime{kEpoch.since_1970() + world_.now().since_start()};
}

seam::Wake VirtualWaiter::wait(std::optional<Instant> until) {
  const bool cut = interrupt_ && (!until || *interrupt_ <= *until);
  const std::optional<Instant> end = cut ? interrupt_ : until;
  while (true) {
    const std::optional<Instant> limit = end ? end : world_.next();
    if (!limit) {
      return seam::Wake::Interrupted;
    }
    if (world_.run(*limit)) {
      return seam::Wake::Activity;
    }
    if (end) {
      break;
    }
  }
  if (cut) {
    interrupt_.reset();
    return seam::Wake::Interrupted;
  }
  return seam::Wake::Time;
}

}  // namespace synroute::sim
