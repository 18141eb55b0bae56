// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "drive/session.hpp"
#include "engine/strategy.hpp"
#include "model/trace.hpp"
#include "seam/presenter.hpp"
#include "tracer/capture_file.hpp"
#include "tracer/network/network.hpp"
#include "tracer/request/trace_request.hpp"
#include "tracer/startup_error.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace synroute::tracer {

/// Makes the strategy of one trace. `sibling_flows`: flows beyond flow 0, each with a source port
/// of its own; 0 where every probe has one (connect()).
using StrategyMaker = std::function<std::unique_ptr<engine::Strategy>(std::size_t sibling_flows)>;

/// Makes the presenters of one trace.
using PresenterMaker = std::function<std::vector<std::unique_ptr<seam::Presenter>>()>;

/// Everything that differs between a trace, a scan and a replay.
struct Job {
  TraceRequest request;
  StrategyMaker strategy;     ///< empty: strategy::trace_path() with the options of the request
  PresenterMaker presenters;  ///< empty: none
  drive::TextSink sink;       ///< where the text of presenters goes; empty: nowhere
  std::string heading;        ///< written before the first trace
  ErrorSink skipped;          ///< told of each target that cannot be traced; may be empty
  std::function<void()> fell_back;       ///< probes will be connect() calls for lack of permission
  std::shared_ptr<CaptureFile> capture;  ///< packets are recorded there; null: nowhere
  drive::Rates rates;                    ///< of all traces together
  bool in_order = true;  ///< the text of each target waits for that of the targets before it
  /// Is given each trace as soon as it is over; empty: Outcome::traces keeps them.
  std::function<void(model::Trace&&)> finished;
  std::function<void(const drive::Progress&)> progress;  ///< told twice a second; may be empty
};

struct Outcome {
  std::vector<model::Trace> traces;  ///< finished ones, in the order of the text
  bool interrupted = false;
  bool reader_gone = false;                     ///< the sink did not take any more text
  int signal = 0;                               ///< the signal that interrupted; 0: none
  std::optional<StartupError> recording_error;  ///< the packets could not all be recorded
};

/// Runs a job: checks the request, decides how to send, looks up the targets, reserves source
/// ports, and traces in as many sessions as the network needs. Fails when no trace can start at
/// all. Throws os::SystemError when the system refuses something during a trace.
[[nodiscard]] std::expected<Outcome, StartupError> run(Job job, Network& network);

}  // namespace synroute::tracer
