// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "drive/session.hpp"
#include "engine/settings.hpp"
#include "seam/presenter.hpp"
#include "strategy/path/trace_options.hpp"
#include "tracer/request/trace_request.hpp"
#include "tracer/run.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace synroute::api {

using tracer::SendMethod;
using tracer::StrategyMaker;

// NOLINTBEGIN(readability-redundant-member-init): without, -Wextra of users warns at {.host = …}.

/// What to trace, and how. Only `host` is required.
struct Request {
  std::string host = {};  ///< a name or an address
  Port port = tracer::kDefaultPort;
  std::optional<Family> family = {};
  SendMethod method = SendMethod::Auto;
  strategy::TraceOptions path = {};
  /// Headers of the probes; absent: those of this system's SYNs, as connect() always sends.
  std::optional<engine::ProbeShape> shape = {};
  /// Of sequence numbers, IP IDs and the like; absent: an unpredictable one from the operating
  /// system. In a simulated network: the seed of its scenario.
  std::optional<std::uint64_t> seed = {};
  /// Presenters are told the reverse names of addresses (model::NameKnown).
  bool names = false;
  /// Presenters are told every packet (model::PacketSent, model::PacketReceived).
  bool packets = false;

  StrategyMaker strategy = {};  ///< empty: strategy::trace_path() with `path`
  /// Who watches while the trace runs, and where their text goes; text needs a sink.
  std::vector<std::unique_ptr<seam::Presenter>> presenters = {};
  drive::TextSink sink = {};
};

// NOLINTEND(readability-redundant-member-init)

}  // namespace synroute::api
