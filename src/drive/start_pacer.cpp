// SPDX-License-Identifier: Apache-2.0
#include "drive/start_pacer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace synroute::drive {
namespace {

constexpr std::size_t kNetworksBeforeCleaning = 4096;
/// Eight traces or so: a handful of targets is traced at once.
constexpr int kBurst = 400;

Duration gap_of(double rate) {
  return rate > 0 ? std::chrono::duration_cast<Duration>(std::chrono::duration<double>{1 / rate})
                  : Duration{};
}

/// The first address of the /24 or /48.
IpAddress network_of(const IpAddress& address) {
  const auto bytes = address.bytes();
  if (address.family() == Family::V4) {
    return IpAddress::v4(
        static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16
        | static_cast<std::uint32_t>(bytes[2]) << 8);
  }
  std::array<std::uint8_t, 16> prefix{};
  std::ranges::copy(bytes.first(6), prefix.begin());
  return IpAddress::v6(prefix);
}

}  // namespace

StartPacer::StartPacer(const Rates& rates)
    : gap_{gap_of(rates.all)},
      network_gap_{gap_of(rates.network)},
      burst_{kBurst * gap_},
      network_burst_{kBurst * network_gap_} {}

Instant StartPacer::ready_at(const IpAddress& target) const {
  const auto network = network_slots_.find(network_of(target));
  return network != network_slots_.end() ? std::max(ready_at(), network->second - network_burst_)
                                         : ready_at();
}

/// Probes to this host use no network.
void StartPacer::take(const IpAddress& target, Instant now) {
  if (target.is_loopback()) {
    return;
  }
  last_slot_ = std::max(last_slot_, now) + gap_;
  if (network_gap_ == Duration{}) {
    return;
  }
  if (network_slots_.size() >= kNetworksBeforeCleaning) {
    forget_past(now);
  }
  Instant& network = network_slots_[network_of(target)];
  network = std::max(network, now) + network_gap_;
}

void StartPacer::forget_past(Instant now) {
  std::erase_if(network_slots_, [now](const auto& entry) { return entry.second <= now; });
}

}  // namespace synroute::drive
