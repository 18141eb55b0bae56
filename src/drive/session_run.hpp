// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "drive/lane_table.hpp"
#include "drive/sent_probes.hpp"
#include "drive/session.hpp"
#include "drive/session_names.hpp"
#include "drive/waiting_lanes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace synroute::drive {

/// The state of one run of a session.
class Session::Run {
 public:
  explicit Run(Session& session);
  Outcome run();

 private:
  void start_lanes();
  void start(Lane& lane);
  void look_for_more();

  // What comes in.
  void take_answers();
  void take(const seam::Incoming& incoming);
  void take(const seam::Received& received);
  template <class Show>
  void offer(const wire::Datagram& datagram, const Show& show);
  template <class Show>
  [[nodiscard]] bool is_taken(std::span<const std::uint32_t> numbers, const Show& show);
  void note_missed_deliveries();
  void fire_deadlines(Instant now);
  void take_names();

  // What goes out.
  void drain(Lane& lane);
  void observe(Lane& lane, model::Event event);
  void send_batch();
  void print();
  void write(Transcript& text);
  void finish(Lane& lane);
  void close(Lane& lane);
  void report_progress();

  void interrupt();
  [[nodiscard]] bool all_done() const { return lanes_.empty() && waiting_.is_exhausted(); }
  [[nodiscard]] std::optional<Instant> deadline();

  Session& session_;
  LaneTable lanes_;
  StartPacer pacer_;
  WaitingLanes waiting_;
  SentProbes sent_;
  SessionNames names_;
  std::vector<seam::Outgoing> batch_;
  std::vector<seam::Incoming> incoming_;
  std::vector<std::uint32_t> over_;  ///< done, their text not yet written; unless in order
  model::Counters counted_;          ///< by the transport, so far
  bool counts_from_start_;  ///< of a trace; else what the transport has counted is about every one
  bool missed_deliveries_ = false;
  bool has_turned_ = false;
  bool has_many_ = false;              ///< more than one trace has been, or may be, in this session
  std::optional<Instant> next_start_;  ///< when a waiting trace may start; absent: none may
  Progress progress_;
  Instant progress_told_;
  Outcome outcome_;
};

}  // namespace synroute::drive
