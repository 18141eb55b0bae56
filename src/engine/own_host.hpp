// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "engine/ledger.hpp"
#include "model/connection_tuple.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace synroute::engine {

/// How long this host may take to hand an answer to its TCP after a packet socket has heard it: 36
/// µs at most in 2,000 answers on a loaded machine (measured), but over 20 ms where the hypervisor
/// stops the processor between the two. Waited for only when no answer was delivered.
constexpr Duration kDeliveryGrace = std::chrono::milliseconds{200};

/// Until when to wait for this host to deliver an answer of the target. Nothing when it has
/// delivered one, or there is none. `each_port`: its rules may treat ports differently, and one
/// answer that is delivered says nothing about those of other ports.
[[nodiscard]] std::optional<Instant> delivery_deadline(const Ledger& ledger, bool each_port);

/// Adds what a NAT rule of this host did, once per rule: source ports differ from probe to probe.
/// Keeps 16 at most.
void add_rule(std::vector<model::OwnTranslation>& rules, const model::OwnTranslation& translation);

/// The TTL of an answered probe says nothing about distance: rules of this host set another one, or
/// send connections to several targets.
[[nodiscard]] bool mixes_paths(
    const Ledger& ledger, const std::vector<model::OwnTranslation>& rules);

}  // namespace synroute::engine
