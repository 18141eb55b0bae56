// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "present/name_cache.hpp"
#include "present/row_queue.hpp"
#include "seam/presenter.hpp"

#include <optional>
#include <string>
#include <vector>

namespace synroute::present {

struct TracetcpOptions {
  bool condensed = false;
  bool names = true;
  /// How long the header and each row wait for a name.
  Duration name_wait = std::chrono::seconds{1};
  int hops = 30;  ///< the largest TTL, shown in the header
};

/// The output of tracetcp: all on standard output, columns separated by tabs, RTTs in whole
/// milliseconds.
class Tracetcp final : public seam::Presenter {
 public:
  explicit Tracetcp(const TracetcpOptions& options);

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant now) override;
  [[nodiscard]] std::optional<Instant> deadline() const override;
  [[nodiscard]] bool done() const override { return done_; }

 private:
  struct Row {
    Ttl ttl;
    std::vector<model::ProbeRecord> probes;  ///< empty: the header
  };

  void begin(const model::Trace& head, Instant at);
  void enqueue(const model::HopSettled& hop, Instant at);
  [[nodiscard]] std::string release(Instant now);
  [[nodiscard]] std::string header() const;
  [[nodiscard]] std::string row_text(const Row& row) const;
  [[nodiscard]] std::string answer_text(const model::Reply& reply) const;
  [[nodiscard]] std::string name_of(const IpAddress& address) const;

  TracetcpOptions options_;
  model::Target target_;
  NameCache names_;
  RowQueue<Row> queue_;
  std::optional<model::Trace> trace_;  ///< set when finished
  bool ended_ = false;                 ///< a conclusive answer has been printed: no row follows
  bool done_ = false;
};

}  // namespace synroute::present
