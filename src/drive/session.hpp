// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "drive/lane.hpp"
#include "drive/start_pacer.hpp"
#include "engine/engine.hpp"
#include "seam/presenter.hpp"
#include "seam/resolver.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace synroute::drive {

/// Writes text to the user; false once the reader has closed the stream.
using TextSink = std::function<bool(const seam::Text&)>;

/// Gives the traces of a session one after the other, when there is room for them; nothing after
/// the last.
using LaneSource = std::function<std::optional<NewLane>()>;

/// How far a session has come.
struct Progress {
  std::uint64_t done = 0;  ///< traces that are over
  std::size_t active = 0;  ///< traces under way
  std::uint64_t sent = 0;  ///< packets
};

struct SessionOptions {
  /// The number of traces under way at once; the others wait for one to finish.
  std::size_t concurrent_max = 64;
  Rates rates;
  /// The text of a trace is held until all traces added before it are done; else until it is done
  /// itself.
  bool in_order = true;
  /// Further traces; may be empty.
  LaneSource source;
  /// Draws conclusions from a finished trace before it is presented; may be empty.
  std::function<std::vector<model::Finding>(const model::Trace&)> infer;
  /// Is given each trace as soon as it is over; empty: Outcome::traces keeps them.
  std::function<void(model::Trace&&)> finished;
  /// Told twice a second; may be empty.
  std::function<void(const Progress&)> progress;
};

struct Outcome {
  std::vector<model::Trace> traces;  ///< finished ones, in the order of their text
  bool interrupted = false;          ///< by the waiter; traces under way end with what is known
  bool reader_gone = false;          ///< the sink has returned false
};

/// Runs engines on one transport until all are finished and their presenters are done.
///
/// Each turn takes what the transport has received, then fires the deadlines that have passed, then
/// sends and prints, then waits: an answer that arrived during the wait counts, even if the probe's
/// patience ended during the same wait. What a turn costs depends on what happens in it, not on the
/// number of traces. A trace that is over, and whose text is written, takes no memory.
class Session {
 public:
  /// `resolver` may be null: no names are looked up. All references must outlive the session.
  Session(
      seam::Transport& transport,
      seam::Waiter& waiter,
      seam::Resolver* resolver,
      TextSink sink,
      SessionOptions options = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// A trace that runs before those of the source.
  void add(
      std::unique_ptr<engine::Engine> engine,
      std::vector<std::unique_ptr<seam::Presenter>> presenters);
  Outcome run();

 private:
  class Run;
  std::vector<NewLane> first_;
  seam::Transport& transport_;
  seam::Waiter& waiter_;
  seam::Resolver* resolver_;
  TextSink sink_;
  SessionOptions options_;
};

}  // namespace synroute::drive
