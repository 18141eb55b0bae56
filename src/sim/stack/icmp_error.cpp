// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/icmp_error.hpp"

#include "model/limits.hpp"
#include "sim/reject.hpp"
#include "wire/datagram.hpp"
#include "wire/icmp_error.hpp"
#include "wire/icmp_extension.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace synroute::sim {

namespace {

/// The value of the length field where it differs from what RFC 4884 requires.
std::optional<std::uint8_t> stated_length(const ErrorStyle& style) {
  switch (style.extension) {
    case ExtensionLength::None:
    case ExtensionLength::Right: return std::nullopt;
    case ExtensionLength::Zero: return std::uint8_t{0};
    case ExtensionLength::Wrong: return style.wrong_length;
  }
  return std::nullopt;
}

}  // namespace

ErrorMeaning time_exceeded(Family family) {
  return {.type = static_cast<std::uint8_t>(family == Family::V4 ? 11 : 3)};
}

ErrorMeaning too_big(Family family, std::size_t mtu) {
  if (family == Family::V4) {
    return {.type = 3, .code = 4, .mtu = static_cast<std::uint32_t>(mtu & 0xffff)};
  }
  return {.type = 2, .mtu = static_cast<std::uint32_t>(mtu)};
}

ErrorMeaning no_route(Family family) {
  return rejection(Reject::Net, family);
}

ErrorMeaning rejection(Reject kind, Family family) {
  const auto code = reject_code(kind, family);
  assert(code);
  return {.type = code->type, .code = code->code};
}

bool may_report(const Packet& about) {
  const IpAddress source = about.source();
  return !about.is_icmp_error() && about.fragment_offset() == 0 && !source.is_unspecified()
         && !source.is_multicast() && !source.is_loopback() && !about.destination().is_multicast();
}

Packet icmp_error(
    const Packet& about,
    const IpAddress& source,
    ErrorMeaning meaning,
    const ErrorStyle& style,
    const wire::Extensions& extensions,
    std::uint16_t ip_id) {
  const Family family = about.family();
  std::vector<std::uint8_t> quoted{about.bytes().begin(), about.bytes().end()};
  if (family == Family::V4 && style.zero_inner_checksum) {
    quoted[10] = quoted[11] = 0;
  }
  const auto extension = style.extension == ExtensionLength::None ? std::vector<std::uint8_t>{}
                                                                  : wire::encode(extensions);
  wire::IcmpErrorSpec spec{
      .type = meaning.type,
      .code = meaning.code,
      .mtu = meaning.mtu,
      .offending = quoted,
      .extension = extension,
      .length_words = extension.empty() ? std::nullopt : stated_length(style)};
  if (style.quote) {
    spec.transport_bytes_max = *style.quote;
  }
  wire::Datagram datagram;
  datagram.ip.source = source;
  datagram.ip.destination = about.source();
  datagram.ip.ttl = Ttl{style.initial_ttl};
  datagram.ip.id = ip_id;
  datagram.ip.protocol = static_cast<std::uint8_t>(
      family == Family::V4 ? wire::Protocol::Icmp : wire::Protocol::Icmp6);
  if (family == Family::V4) {
    // Linux: the precedence of internetwork control, and the TOS bits of the packet.
    datagram.ip.tos = static_cast<std::uint8_t>(0xc0 | (about.tos() & 0x1e));
  }
  datagram.body = wire::make_icmp_error(family, spec);
  auto packet = Packet::adopt(wire::bytes(datagram));
  assert(packet);
  return std::move(*packet);
}

IcmpLimiter::Bucket::Bucket(int burst, Duration interval)
    : interval_{interval}, full_{interval * burst}, level_{full_} {}

bool IcmpLimiter::Bucket::take(Instant now) {
  level_ = std::min(full_, level_ + (now - last_));
  last_ = now;
  if (level_ < interval_) {
    return false;
  }
  level_ -= interval_;
  return true;
}

bool IcmpLimiter::Bucket::is_full(Instant now) const {
  return level_ + (now - last_) >= full_;
}

IcmpLimiter::Bucket& IcmpLimiter::shared(bool is_time_exceeded, int burst, Duration interval) {
  auto& bucket = is_time_exceeded ? time_exceeded_ : unreachable_;
  if (!bucket) {
    bucket.emplace(burst, interval);
  }
  return *bucket;
}

bool IcmpLimiter::allow_linux(Instant now, const IpAddress& destination) {
  constexpr Duration kV6 = 100ms;  // what a 6.x kernel grants a /64 route
  const auto known = std::ranges::find(destinations_, destination, &Destination::address);
  Bucket* bucket = nullptr;
  if (known != destinations_.end()) {
    bucket = &known->bucket;
  } else {
    if (destinations_.size() >= kDestinationLimit) {
      std::erase_if(destinations_, [&](const Destination& old) { return old.bucket.is_full(now); });
    }
    if (destinations_.size() >= kDestinationLimit) {
      return false;
    }
    const Duration interval = destination.family() == Family::V4 ? model::kIcmpRefill : kV6;
    bucket = &destinations_.emplace_back(destination, Bucket{model::kIcmpBurst, interval}).bucket;
  }
  // icmp_msgs_per_sec (1000, burst 50) applies before the bucket of the destination.
  return shared(true, 50, 1ms).take(now) && bucket->take(now);
}

bool IcmpLimiter::allow(Instant now, const IpAddress& destination, bool is_time_exceeded) {
  switch (settings_.kind) {
    case IcmpLimit::Kind::None: return true;
    case IcmpLimit::Kind::Linux: return allow_linux(now, destination);
    case IcmpLimit::Kind::Ios: return is_time_exceeded || shared(false, 1, 500ms).take(now);
    case IcmpLimit::Kind::Junos:
      return is_time_exceeded ? shared(true, 500, 2ms).take(now)
                              : shared(false, 5000, 1ms).take(now);
    case IcmpLimit::Kind::Nokia:
      return is_time_exceeded ? shared(true, 100, 100ms).take(now)
                              : shared(false, 10, 6s).take(now);
    case IcmpLimit::Kind::Bucket:
      return shared(true, settings_.burst, settings_.interval).take(now);
  }
  return true;
}

}  // namespace synroute::sim
