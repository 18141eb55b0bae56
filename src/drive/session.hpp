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

/// Takes text for the two streams; false when nobody reads any more (closed pipe): the session
/// stops.
using TextSink = std::function<bool(const seam::Text&)>;

struct SessionOptions {
  /// Traces under way at once; the others wait their turn.
  std::size_t concurrent_max = 64;
  /// Draws conclusions from a finished trace before it is presented; may be empty.
  std::function<std::vector<model::Finding>(const model::Trace&)> infer;
};

struct Outcome {
  std::vector<model::Trace> traces;  ///< finished ones, in the order they were added
  bool interrupted = false;
  bool reader_gone = false;
};

/// Runs engines on one transport until all are finished and their presenters have said everything.
/// The order inside a turn is: answers, deadlines, drain, wait; an answer that arrived while we
/// slept beats the time-out that fell while we slept. Text of a later trace is held until the
/// earlier are done.
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
