// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "present/debug.hpp"
#include "present/name_cache.hpp"
#include "present/row_queue.hpp"
#include "present/tcptraceroute/tcptraceroute_row.hpp"
#include "seam/presenter.hpp"

#include <optional>
#include <string>
#include <vector>

namespace synroute::present {

struct TcptracerouteOptions {
  TcptracerouteRows::Options rows;
  /// How long a settled probe waits for a name.
  Duration name_wait = std::chrono::seconds{1};
  bool show_source_port = true;
  /// Probes are sent one at a time, and each is shown as soon as it settles.
  bool one_by_one = false;
  bool debug = false;  ///< with a line on standard error for every packet
};

/// The output of tcptraceroute: hop lines on standard output, the rest on standard error.
class Tcptraceroute final : public seam::Presenter {
 public:
  explicit Tcptraceroute(const TcptracerouteOptions& options);

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant now) override;
  [[nodiscard]] std::optional<Instant> deadline() const override;
  [[nodiscard]] bool done() const override { return done_; }

 private:
  using Entry = TcptracerouteRows::Entry;

  [[nodiscard]] std::string header(const model::Trace& head) const;
  void enqueue_row(const model::HopSettled& hop, Instant at);
  void enqueue(Entry entry, int attempt, Instant at);
  void take_late(const model::ProbeRecord& record);
  [[nodiscard]] seam::Text release(Instant now);
  [[nodiscard]] int last_row() const;
  [[nodiscard]] std::string unfinished_row();
  [[nodiscard]] std::string ending() const;
  [[nodiscard]] std::string device_line(const model::Trace& head) const;
  [[nodiscard]] std::string debug_lines(const model::Event& event);

  TcptracerouteOptions options_;
  TcptracerouteRows rows_;
  NameCache names_;
  RowQueue<Entry> queue_;
  Debug debug_;
  int queries_ = 3;
  std::optional<model::Trace> trace_;  ///< set when finished
  std::optional<Instant> ending_due_;  ///< all rows are printed, ending() is not
  bool done_ = false;
};

}  // namespace synroute::present
