// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <cstdint>
#include <optional>

namespace synroute::sim {

class LineWords;

/// Each way to refuse a packet with an answer. Codes per family: reject_code().
enum class Reject : std::uint8_t {
  TcpReset,
  Net,             ///< 3/0; IPv6 1/0 no route
  Host,            ///< 3/1; IPv6 1/3 address unreachable
  Protocol,        ///< 3/2; IPv6 1/4
  Port,            ///< 3/3; IPv6 1/4
  NetProhibited,   ///< 3/9; IPv6 1/1
  HostProhibited,  ///< 3/10; IPv6 1/1
  Admin,           ///< 3/13; IPv6 1/1
  BeyondScope,     ///< IPv6 1/2; IPv4 3/11
  PolicyFail,      ///< IPv6 1/5; IPv4 3/13
  RejectRoute,     ///< IPv6 1/6; IPv4 3/0
};

struct IcmpCode {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
};
/// ICMP type and code of a refusal; nothing for TcpReset.
[[nodiscard]] std::optional<IcmpCode> reject_code(Reject kind, Family family);

/// The next word of a scenario line as a kind of refusal.
[[nodiscard]] Reject read_reject(LineWords& words);

}  // namespace synroute::sim
