// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/routing_loop.hpp"
#include "present/name_cache.hpp"
#include "present/native/native_row.hpp"
#include "present/native/trace_progress.hpp"
#include "present/row_queue.hpp"
#include "seam/presenter.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace synroute::present {

struct NativeOptions {
  bool names = true;
  /// How long a settled row waits for names before it is printed without them.
  Duration name_wait{};
  /// How long a finished trace waits for names of rows on the screen, when they are rewritten.
  Duration last_name_wait{};
  bool color = false;
  /// Standard output is a terminal that only this presenter writes to: rows still on the screen are
  /// rewritten when a name or a late answer arrives after they were printed.
  bool rewrite = false;
  int height = 24;          ///< of the terminal, in lines
  std::size_t columns = 0;  ///< of the terminal, which longer rows are fitted to; 0: unlimited
  bool follows = false;     ///< another trace was printed before: a blank line separates them
};

/// The text output of Synroute: rows in the order of TTL as they settle, then the closing sentence
/// and the findings.
///
/// A silent row is held back until a later row is printed, so that neighbouring ones are folded
/// into one line. A row whose router has answered an earlier row is held back too, so that a
/// routing loop is folded into one line after its first circle. A row that may be the last is held
/// back for the verdict, since it shows the state.
class Native final : public seam::Presenter {
 public:
  explicit Native(const NativeOptions& options);

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant now) override;
  seam::Text redrawn() override;
  [[nodiscard]] std::optional<Instant> deadline() const override;
  [[nodiscard]] bool done() const override { return done_; }

 private:
  /// Holds copies of the records, since an event is only valid during on().
  struct Row {
    Ttl ttl;
    std::vector<model::ProbeRecord> probes;
    [[nodiscard]] model::Hop hop() const;
  };
  /// One row, or several that are folded.
  struct Printed {
    std::vector<Row> rows;
    std::vector<std::string> lines;
  };

  std::string note(const model::TraceStarted& started, Instant at);
  std::string note(const model::ProbeSettled& settled, Instant at);
  std::string note(const model::HopSettled& settled, Instant at);
  static std::string note(const model::PortSettled& settled, Instant at);
  std::string note(const model::DistanceKnown& known, Instant at);
  std::string note(const model::ProvisionalVerdict& provisional, Instant at);
  std::string note(const model::NameKnown& known, Instant at);
  static std::string note(const model::PacketSent& sent, Instant at);
  static std::string note(const model::PacketReceived& received, Instant at);
  std::string note(const model::TraceFinished& finished, Instant at);

  [[nodiscard]] std::string with_status(std::string text);
  [[nodiscard]] std::string status_text() const;
  void enqueue(Row row, Instant at);
  std::string release(Instant now);
  std::string print(std::vector<Row> rows);
  std::string print_all(std::size_t count);
  std::string finish(Instant now);
  [[nodiscard]] bool has_all_names() const;
  [[nodiscard]] bool may_continue_loop(std::size_t index) const;
  [[nodiscard]] bool repeats_loop(const Row& row) const;
  [[nodiscard]] bool nothing_left() const;
  [[nodiscard]] bool is_folded(const Row& row) const;
  [[nodiscard]] bool folds_with(const Row& first, const Row& row) const;
  [[nodiscard]] std::string folded_text(std::span<const Row> rows) const;
  [[nodiscard]] std::optional<RowEnd> end_of(const Row& row) const;
  [[nodiscard]] std::vector<std::string> lines_of(std::span<const Row> rows);
  std::string redraw();

  NativeOptions options_;
  RowLayout layout_;
  NameCache names_;
  RowQueue<Row> queue_;
  std::vector<Row> held_;         ///< released by the queue, in order, not printed yet
  std::vector<Printed> printed_;  ///< in order
  std::map<Ttl, Instant> settled_;
  std::string heading_;
  TraceProgress progress_;
  std::string status_;                      ///< what is known so far, for a line below all others
  std::string shown_status_;                ///< the line that stands there
  std::optional<model::Trace> trace_;       ///< set when finished
  std::optional<model::RoutingLoop> loop_;  ///< of the finished trace
  std::vector<std::string> closing_;        ///< the lines below the rows, once they are printed
  std::optional<Instant> names_due_;        ///< until then names are put into finished rows
  bool done_ = false;
};

}  // namespace synroute::present
