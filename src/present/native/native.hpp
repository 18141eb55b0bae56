// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/routing_loop.hpp"
#include "present/name_cache.hpp"
#include "present/native/native_row.hpp"
#include "present/row_queue.hpp"
#include "seam/presenter.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace synroute::present {

struct NativeOptions {
  bool names = true;
  /// How long a settled row waits for names before it is printed without them.
  Duration name_wait{};
  bool color = false;
  /// Standard output is a terminal that only this presenter writes to: rows still on the screen are
  /// rewritten when a name or a late answer arrives after they were printed.
  bool rewrite = false;
  int height = 24;   ///< of the terminal, in lines
  int columns = 80;  ///< of the terminal
};

/// The text output of Synroute: rows in the order of TTL as they settle, then the closing sentence
/// and the findings.
///
/// A silent row is held back until a later row is printed, so that the silent end of a path is
/// folded into one line. A row whose router has answered an earlier row is held back too, so that a
/// routing loop is folded into one line after its first circle. A row that may be the last is held
/// back for the verdict, since it shows the state.
class Native final : public seam::Presenter {
 public:
  explicit Native(const NativeOptions& options);

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant now) override;
  [[nodiscard]] std::optional<Instant> deadline() const override;
  [[nodiscard]] bool done() const override { return done_; }

 private:
  /// Holds copies of the records, since an event is only valid during on().
  struct Row {
    Ttl ttl;
    std::vector<model::ProbeRecord> probes;
    [[nodiscard]] model::Hop hop() const;
  };
  struct Printed {
    Row row;
    std::optional<RowEnd> end;
    std::vector<std::string> lines;
  };

  std::string note(const model::TraceStarted& started, Instant at);
  std::string note(const model::ProbeSettled& settled, Instant at);
  std::string note(const model::HopSettled& settled, Instant at);
  static std::string note(const model::PortSettled& settled, Instant at);
  static std::string note(const model::DistanceKnown& known, Instant at);
  std::string note(const model::NameKnown& known, Instant at);
  static std::string note(const model::PacketSent& sent, Instant at);
  static std::string note(const model::PacketReceived& received, Instant at);
  std::string note(const model::TraceFinished& finished, Instant at);

  void enqueue(Row row, Instant at);
  std::string release(Instant now);
  std::string print(Row row);
  [[nodiscard]] bool may_continue_loop(std::size_t index) const;
  [[nodiscard]] std::string folded_text(const Row& row) const;
  std::string print_trailing();
  std::string print_closing();
  [[nodiscard]] std::optional<RowEnd> end_of(const Row& row) const;
  [[nodiscard]] std::vector<std::string> lines_of(const Row& row, const std::optional<RowEnd>& end);
  std::string redraw();

  NativeOptions options_;
  RowLayout layout_;
  NameCache names_;
  RowQueue<Row> queue_;
  std::vector<Row> held_;         ///< released by the queue, in order, not printed yet
  std::vector<Printed> printed_;  ///< in order
  std::map<Ttl, Instant> settled_;
  std::optional<model::Trace> trace_;       ///< set when finished
  std::optional<model::RoutingLoop> loop_;  ///< of the finished trace
  bool done_ = false;
};

}  // namespace synroute::present
