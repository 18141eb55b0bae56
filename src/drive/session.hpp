// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.hpp"
#include "seam/presenter.hpp"
#include "seam/resolver.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace synroute::drive {

/// Writes text to the two streams; false when a stream is closed (broken pipe): the session stops.
using TextSink = std::function<bool(const seam::Text&)>;

struct SessionOptions {
  /// The number of traces under way at once; the others wait for one to finish.
  std::size_t concurrent_max = 64;
  /// Draws conclusions from a finished trace before it is presented; may be empty.
  std::function<std::vector<model::Finding>(const model::Trace&)> infer;
};

struct Outcome {
  std::vector<model::Trace> traces;  ///< finished ones, in the order in which they were added
  bool interrupted = false;          ///< by the waiter; traces under way end with what is known
  bool reader_gone = false;          ///< the sink has returned false
};

/// Runs engines on one transport until all are finished and their presenters are done.
///
/// Each turn takes what the transport has received, then fires the deadlines that have passed, then
/// sends and prints, then waits: an answer that arrived during the wait counts, even if the probe's
/// patience ended during the same wait. The text of a trace is held until all traces added before
/// it are done.
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

  void add(
      std::unique_ptr<engine::Engine> engine,
      std::vector<std::unique_ptr<seam::Presenter>> presenters);
  Outcome run();

 private:
  struct Lane;
  class Run;
  std::vector<std::unique_ptr<Lane>> lanes_;
  seam::Transport& transport_;
  seam::Waiter& waiter_;
  seam::Resolver* resolver_;
  TextSink sink_;
  SessionOptions options_;
};

}  // namespace synroute::drive
