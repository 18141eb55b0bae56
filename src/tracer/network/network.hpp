// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/settings.hpp"
#include "engine/strategy.hpp"
#include "seam/resolver.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"
#include "tracer/packet_recorder.hpp"
#include "tracer/request/trace_request.hpp"
#include "tracer/startup_error.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <optional>

namespace synroute::tracer {

/// One trace ready to start. Method, start time and, unless replayed, source ports are still to be
/// filled in.
struct PlannedTrace {
  engine::Settings settings;
  std::unique_ptr<engine::Strategy> strategy;  ///< null: that of the job
};

/// What one session runs on; it is alive as long as the session.
class Runtime {
 public:
  Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  virtual ~Runtime() = default;

  [[nodiscard]] virtual seam::Transport& transport() = 0;
  [[nodiscard]] virtual seam::Waiter& waiter() = 0;
  [[nodiscard]] virtual seam::Resolver* resolver() = 0;  ///< null: no names
  /// Fills in the source ports of a trace. False when this session cannot run it: its probes leave
  /// from another address than those of the first.
  [[nodiscard]] virtual bool admit(PlannedTrace& trace) = 0;
  /// The signal that interrupted the session; 0: none.
  [[nodiscard]] virtual int signal() const { return 0; }
};

/// Gives the traces of a job one after the other; nothing after the last.
using PlanSource = std::function<std::optional<PlannedTrace>()>;
/// Told of each target that cannot be traced; the others are.
using ErrorSink = std::function<void(const StartupError&)>;

/// Where traces take place: on this host's network, in a simulated one, or in a capture.
class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;

  /// Decides SendMethod::Auto, and calls `fell_back` when that gives connect() for lack of
  /// permission.
  [[nodiscard]] virtual std::expected<void, StartupError> choose_method(
      TraceRequest& /*request*/, const std::function<void()>& /*fell_back*/) {
    return {};
  }
  /// Finds the targets that the request names, and later, when they are asked for, those that it
  /// reads. May wait for name servers; sends nothing to a target.
  [[nodiscard]] virtual PlanSource plan(const TraceRequest& request, const ErrorSink& skipped) = 0;
  /// Called once the named targets are found, before the first probe.
  virtual void begin(const TraceRequest& /*request*/) {}
  /// Traces under way at once in one session.
  [[nodiscard]] virtual std::size_t concurrent_max(const TraceRequest& request) const {
    return request.parallel;
  }
  /// Prepares a session that this trace is the first of. Throws os::SystemError.
  [[nodiscard]] virtual std::unique_ptr<Runtime> open(
      const TraceRequest& request, const PlannedTrace& first, const PacketRecorder& recorder) = 0;
};

}  // namespace synroute::tracer
