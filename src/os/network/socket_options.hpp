// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace synroute::os {

/// Sets an integer option; throws SystemError.
void set_option(std::string_view attempt, int descriptor, int level, int name, int value = 1);

/// Where the packets of a socket are to leave; empty and 0 mean: as the routes say.
struct Egress {
  std::string interface;  ///< SO_BINDTODEVICE: also chooses the VRF
  std::uint32_t mark =
      0;  ///< SO_MARK, for policy rules; needs CAP_NET_ADMIN (CAP_NET_RAW from 5.17)
};

/// Throws SystemError; an unknown interface is named in it. Without rights a socket takes one
/// interface in its life.
void set_egress(int descriptor, const Egress& egress);

}  // namespace synroute::os
