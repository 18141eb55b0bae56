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
  /// Standard error is a terminal: say there how far the scan is, on one line that rewrites itself.
  bool progress = false;
  int port_count = 0;  ///< ports the user named
};

/// A port scan for people: every open, rejected or unreachable port as it is found, then all ports
/// grouped by what became of them, nearest first, and what that tells.
class Scan final : public seam::Presenter {
 public:
  explicit Scan(ScanOptions options);

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant) override { return {}; }
  [[nodiscard]] std::optional<Instant> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  [[nodiscard]] std::string header(const model::Trace& head) const;
  [[nodiscard]] std::string found(const model::PortResult& result);
  [[nodiscard]] std::string summary(const model::Trace& trace) const;
  [[nodiscard]] std::string progress(Instant now);

  ScanOptions options_;
  Palette palette_;
  std::map<Port, model::PortState> told_;  ///< what was said of each port so far
  Instant progress_shown_;
  bool progress_line_ = false;
  bool done_ = false;
};

}  // namespace synroute::present
