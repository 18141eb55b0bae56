// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "sim/settings.hpp"
#include "sim/stack/packet.hpp"
#include "wire/icmp.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace synroute::sim {

/// The type, code and MTU of an ICMP error.
struct ErrorMeaning {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t mtu = 0;  ///< of 3/4 and packet too big
};

[[nodiscard]] ErrorMeaning time_exceeded(Family family);
[[nodiscard]] ErrorMeaning too_big(Family family, std::size_t mtu);
[[nodiscard]] ErrorMeaning no_route(Family family);
/// `kind` must not be TcpReset.
[[nodiscard]] ErrorMeaning rejection(Reject kind, Family family);

/// Whether the standards allow an error about this packet: not about ICMP errors, later fragments,
/// multicast or a source that is not a single host (RFC 1122 §3.2.2, RFC 4443 §2.4 e).
[[nodiscard]] bool may_report(const Packet& about);

/// An ICMP error about `about` from `source` to the packet's source. `extensions` are included if
/// the style has an extension structure.
[[nodiscard]] Packet icmp_error(
    const Packet& about,
    const IpAddress& source,
    ErrorMeaning meaning,
    const ErrorStyle& style,
    const wire::Extensions& extensions,
    std::uint16_t ip_id);

/// Decides how many ICMP errors a node sends.
class IcmpLimiter {
 public:
  explicit IcmpLimiter(const IcmpLimit& settings) : settings_{settings} {}
  /// Whether an error may leave now for `destination`; counts it when it may.
  [[nodiscard]] bool allow(Instant now, const IpAddress& destination, bool is_time_exceeded);

 private:
  /// Full at the start; refills continuously.
  class Bucket {
   public:
    Bucket(int burst, Duration interval);
    [[nodiscard]] bool take(Instant now);
    [[nodiscard]] bool is_full(Instant now) const;

   private:
    Duration interval_;
    Duration full_;
    Duration level_;
    Instant last_;
  };
  struct Destination {
    IpAddress address;
    Bucket bucket;
  };
  [[nodiscard]] bool allow_linux(Instant now, const IpAddress& destination);
  [[nodiscard]] Bucket& shared(bool is_time_exceeded, int burst, Duration interval);

  static constexpr std::size_t kDestinationLimit = 4096;

  IcmpLimit settings_;
  std::vector<Destination> destinations_;
  std::optional<Bucket> time_exceeded_;
  std::optional<Bucket> unreachable_;
};

}  // namespace synroute::sim
