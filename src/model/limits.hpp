// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <array>

namespace synroute::model {

/// Linux routers send each destination at most this many ICMP errors in a burst
/// (XRLIM_BURST_FACTOR in net/ipv4/route.c) ...
inline constexpr int kIcmpBurst = 6;
/// ... and then one per this time (net.ipv4.icmp_ratelimit, 1000 ms).
inline constexpr Duration kIcmpRefill = std::chrono::seconds{1};

/// The initial TTLs that operating systems and routers use, ascending.
inline constexpr std::array kInitialTtls{32, 64, 128, 255};
/// A TTL that reaches every target: the one Linux, the BSDs and macOS send connections with.
inline constexpr int kFullTtl = 64;
/// The largest value of the TTL field.
inline constexpr int kTtlMax = 255;

/// The last TTL that traceroute and its relatives probe unless told otherwise.
inline constexpr int kDefaultLastTtl = 30;
/// Silent hops after the last answer that end a trace unless told otherwise.
inline constexpr int kDefaultGapLimit = 8;

}  // namespace synroute::model
