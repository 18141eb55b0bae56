// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "drive/session.hpp"
#include "engine/settings.hpp"
#include "engine/strategy.hpp"
#include "seam/presenter.hpp"
#include "strategy/path/trace_options.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace synroute::api {

/// How probes are sent: whole packets (needs CAP_NET_RAW), or connect() calls, which anybody may
/// make. Best: the first that is permitted.
enum class Way : std::uint8_t { Best, Raw, Connect };

/// Makes the strategy of a trace. `sibling_flows`: how many flows there are beyond flow 0, each
/// with a source port of its own; 0 where every probe has one (connect()).
using StrategyMaker = std::function<std::unique_ptr<engine::Strategy>(std::size_t sibling_flows)>;

// NOLINTBEGIN(readability-redundant-member-init): without, -Wextra of users warns at {.host = …}.

/// What to trace, and how. Only `host` has to be said.
struct Request {
  std::string host = {};  ///< a name or an address
  Port port{80};
  std::optional<Family> family = {};
  Way way = Way::Best;
  strategy::TraceOptions path = {};
  /// How the probes look; absent: as the SYNs of this system. Way::Connect knows no other.
  std::optional<engine::ProbeShape> shape = {};
  /// Of sequence numbers, IP IDs and the like; absent: from the operating system, so that nobody
  /// can foresee them. In a simulated network: the seed of its scenario.
  std::optional<std::uint64_t> seed = {};
  /// Presenters are told the reverse names of addresses (model::NameKnown).
  bool names = false;
  /// Presenters are told every packet (model::PacketSent, model::PacketReceived).
  bool packets = false;

  StrategyMaker strategy = {};  ///< empty: strategy::trace_path() with `path`
  /// Who watches while the trace runs, and where their text goes; a sink is needed for text only.
  std::vector<std::unique_ptr<seam::Presenter>> presenters = {};
  drive::TextSink sink = {};
};

// NOLINTEND(readability-redundant-member-init)

}  // namespace synroute::api
