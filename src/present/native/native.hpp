// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  /// How long a complete row waits for names before it is printed without.
  Duration name_wait{};
  bool color = false;
  /// Standard output is a terminal nobody else writes to meanwhile: what is learnt about a row
  /// after it was printed is put into it, as long as it is still on the screen.
  bool rewrite = false;
  int height = 24;
  int columns = 80;
};

/// The text output of Synroute: rows in the order of TTL as they become known, then what was found.
///
/// A row of nothing but silence is held back until a later row is printed, so that silence at the
/// end of a path is one line; a row that may be the last waits for the verdict, whose word stands
/// on it.
class Native final : public seam::Presenter {
 public:
  explicit Native(const NativeOptions& options);

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant now) override;
  [[nodiscard]] std::optional<Instant> deadline() const override;
  [[nodiscard]] bool done() const override { return done_; }

 private:
  /// A row with its own records, since events do not outlive their call.
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
  std::string print_trailing();
  std::string print_closing();
  [[nodiscard]] std::optional<RowEnd> end_of(const Row& row) const;
  [[nodiscard]] std::vector<std::string> lines_of(const Row& row, const std::optional<RowEnd>& end);
  std::string redraw();

  NativeOptions options_;
  RowLayout layout_;
  NameCache names_;
  RowQueue<Row> queue_;
  std::vector<Row> held_;         ///< in order; their turn has come, they are not printed yet
  std::vector<Printed> printed_;  ///< in order
  std::map<Ttl, Instant> settled_;
  std::optional<model::Trace> trace_;  ///< set when finished
  bool done_ = false;
};

}  // namespace synroute::present
