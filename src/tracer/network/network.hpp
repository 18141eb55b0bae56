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
#include <span>
#include <vector>

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
  /// The signal that interrupted the session; 0: none.
  [[nodiscard]] virtual int signal() const { return 0; }
};

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
  /// Finds all targets. May wait for name servers; sends nothing to a target.
  [[nodiscard]] virtual std::vector<PlannedTrace> plan(
      const TraceRequest& request, const ErrorSink& skipped) = 0;
  /// Called once all targets are found, before the first probe.
  virtual void begin() {}
  /// How many of the first traces run in one session; at least 1.
  [[nodiscard]] virtual std::size_t session_size(
      const TraceRequest& /*request*/, std::span<const PlannedTrace> traces) const {
    return traces.size();
  }
  /// Traces under way at once in one session.
  [[nodiscard]] virtual std::size_t concurrent_max() const { return 64; }
  /// Prepares a session for these traces and fills in their source ports. Throws os::SystemError.
  [[nodiscard]] virtual std::unique_ptr<Runtime> open(
      const TraceRequest& request,
      std::span<PlannedTrace> traces,
      const PacketRecorder& recorder) = 0;
};

}  // namespace synroute::tracer
