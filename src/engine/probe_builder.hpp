// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/identity.hpp"
#include "engine/ledger.hpp"
#include "engine/settings.hpp"
#include "wire/datagram.hpp"

namespace synroute::engine {

/// The packet of `probe`: the shape, and the probe's keys in every field that an answer may carry.
[[nodiscard]] wire::Datagram build_probe(
    const ProbeShape& shape,
    const IpAddress& source,
    const model::Probe& probe,
    const Keys& keys,
    std::uint32_t flow_label);

}  // namespace synroute::engine
