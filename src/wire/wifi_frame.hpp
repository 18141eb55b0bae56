// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/link_protocols.hpp"

namespace synroute::wire {

/// An IEEE 802.11 data frame that is not encrypted.
[[nodiscard]] MaybePacket ip_in_wifi(Reader frame);
/// The same behind a radiotap header (radiotap.org).
[[nodiscard]] MaybePacket ip_in_radiotap(Reader frame);

}  // namespace synroute::wire
