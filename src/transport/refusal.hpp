// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/refusal.hpp"

namespace synroute::transport {

/// What an error number from sending or connecting means for the probe.
[[nodiscard]] model::Refusal refusal_of(int error);

/// True for errors that a socket may report about an earlier packet (an ICMP error that came in
/// meanwhile), so that the same call is worth one more try.
[[nodiscard]] bool may_be_pending(int error);

}  // namespace synroute::transport
