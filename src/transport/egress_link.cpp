// SPDX-License-Identifier: Apache-2.0
#include "transport/egress_link.hpp"

#include "os/network/packet_counters.hpp"
#include "os/network/route.hpp"

#include <chrono>
#include <utility>

namespace synroute::transport {
namespace {

constexpr Duration kCountingPause = std::chrono::milliseconds{100};

}  // namespace

void EgressLink::look() {
  if (std::exchange(is_looked_at_, true) || interface_.empty()) {
    return;
  }
  if (const auto link = os::find_interface(interface_)) {
    index_ = link->index;
    lacks_carrier_ = link->up && !link->carrier;
    queue_drops_before_ = os::queue_drops(index_);
  }
}

bool EgressLink::lacks_carrier() {
  look();
  return lacks_carrier_;
}

void EgressLink::count_queue_drops(Instant now) {
  look();
  if (queue_drops_before_ && now - counted_ >= kCountingPause) {
    counted_ = now;
    queue_drops_ = os::queue_drops(index_).value_or(*queue_drops_before_) - *queue_drops_before_;
  }
}

}  // namespace synroute::transport
