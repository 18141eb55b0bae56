// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "present/palette.hpp"
#include "seam/presenter.hpp"

#include <map>
#include <optional>
#include <string>

namespace synroute::present {

/// Names of TCP services by port, for the ports shown.
using ServiceNames = std::map<Port, std::string>;

struct ScanOptions {
  ServiceNames services;
  bool color = false;
  /// Standard error is a terminal: show the progress there on one line that is rewritten.
  bool progress = false;
  int port_count = 0;  ///< ports the user named
};

/// The text output of a scan: open, rejected and unreachable ports as they are found, then all
/// ports in groups, nearest stopping hop first, then the findings.
class Scan final : public seam::Presenter {
 public:
  explicit Scan(ScanOptions options);

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant) override { return {}; }
  [[nodiscard]] std::optional<Instant> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  [[nodiscard]] std::string header(const model::Trace& head) const;
  std::string report(const model::PortResult& result);
  [[nodiscard]] std::string summary(const model::Trace& trace) const;
  std::string update_progress(Instant now);

  ScanOptions options_;
  Palette palette_;
  std::map<Port, model::PortState> reported_;  ///< the latest state of each port
  Instant progress_shown_;
  bool progress_line_ = false;
  bool done_ = false;
};

}  // namespace synroute::present
