// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/equipment.hpp"
#include "cli/plan.hpp"
#include "cli/request.hpp"
#include "drive/session.hpp"
#include "engine/settings.hpp"
#include "engine/strategy.hpp"
#include "seam/presenter.hpp"
#include "seam/resolver.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <vector>

namespace synroute::cli {

/// Makes those who show one trace.
using PresenterFactory = std::function<std::vector<std::unique_ptr<seam::Presenter>>()>;

/// Makes the strategy for one engine from its settings.
using StrategyMaker =
    std::function<std::unique_ptr<engine::Strategy>(const engine::Settings& settings)>;

/// Walks the path: what a trace does.
[[nodiscard]] StrategyMaker path_strategy(const strategy::TraceOptions& path);

/// A world to trace in, real or simulated. References outlive the trace.
struct Stage {
  seam::Transport& transport;
  seam::Waiter& waiter;
  seam::Resolver* resolver = nullptr;  ///< null: no names
};

/// Runs all engines at once. What the stage decides (method, time of the start) is filled in
/// here; everything else must be there already, source ports included.
[[nodiscard]] drive::Outcome perform(
    const Stage& stage,
    std::vector<engine::Settings> traces,
    const StrategyMaker& strategies,
    const PresenterFactory& presenters);

/// Whether this process may send raw packets; to be asked before names are looked up.
[[nodiscard]] std::expected<void, Obstacle> check_rights(const Equipment& equipment);

/// How many flows probes by connect() are, and whether the user could have it otherwise.
enum class ConnectFlows : std::uint8_t { One, Many, ManyByChoice };

/// What tracing by connect() cannot know and does to the target, and what would give the right to
/// do better: one line.
[[nodiscard]] std::string connect_notice(ConnectFlows flows);

/// How this request will be sent, Auto decided. Without the right to raw packets that is connect(),
/// and `say` is told in one line what is missing; fails when the request needs raw packets.
[[nodiscard]] std::expected<SendMethod, Obstacle> choose_method(
    const TraceRequest& request,
    const Equipment& equipment,
    const std::function<void(std::string_view)>& say);

/// Traces on the real network by the method of the request, Auto being Raw: reserves source ports
/// and performs, in the order given. Throws os::SystemError when the machine refuses.
[[nodiscard]] drive::Outcome trace(
    const TraceRequest& request,
    const Equipment& equipment,
    std::vector<engine::Settings> traces,
    const StrategyMaker& strategies,
    const PresenterFactory& presenters);

/// What the outcome means for the calling program.
[[nodiscard]] ExitCode exit_code_of(const drive::Outcome& outcome);

}  // namespace synroute::cli
