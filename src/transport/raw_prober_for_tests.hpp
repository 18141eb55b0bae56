// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/network/port_reservation.hpp"
#include "os/poll_waiter.hpp"
#include "transport/raw_transport.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace synroute::transport::tests {

// Only a failure takes that long.
inline constexpr Duration kPatience = std::chrono::seconds{2};
// How long nothing must come before it is called silence.
inline constexpr Duration kSilence = std::chrono::milliseconds{100};

template <class Kind>
std::vector<Kind> those(const std::vector<seam::Incoming>& all) {
  std::vector<Kind> result;
  for (const seam::Incoming& one : all) {
    if (const auto* found = std::get_if<Kind>(&one)) {
      result.push_back(*found);
    }
  }
  return result;
}
inline std::vector<seam::Received> answers(const std::vector<seam::Incoming>& all) {
  return those<seam::Received>(all);
}
inline std::vector<seam::NotSent> refusals(const std::vector<seam::Incoming>& all) {
  return those<seam::NotSent>(all);
}
inline std::vector<seam::Sent> departures(const std::vector<seam::Incoming>& all) {
  return those<seam::Sent>(all);
}

/// A raw transport with a reserved port and a waiter, as the program puts them together.
struct Prober {
  Prober(const IpAddress& source, const IpAddress& target)
      : reservation{{.source = source}},
        transport{{.source = source, .source_ports = reservation.ports(), .targets = {target}}} {
    waiter.watch(transport.descriptor());
  }
  [[nodiscard]] Port port() const { return reservation.ports().front(); }

  /// Everything that comes until `enough` answers are here, or patience ends.
  std::vector<seam::Incoming> gather(std::size_t enough, Duration patience = kPatience) {
    std::vector<seam::Incoming> all;
    const Instant end = waiter.now() + patience;
    while (true) {
      transport.receive(all);
      if (answers(all).size() >= enough || waiter.now() >= end) {
        return all;
      }
      waiter.wait(end);
    }
  }
  /// Everything that comes in this time.
  std::vector<seam::Incoming> gather_for(Duration time) { return gather(SIZE_MAX, time); }

  os::PortReservation reservation;
  RawTransport transport;
  os::PollWaiter waiter;
};

}  // namespace synroute::transport::tests
