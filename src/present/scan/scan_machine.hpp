// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "present/scan/scan.hpp"
#include "seam/presenter.hpp"

#include <functional>
#include <string>

namespace synroute::present {

/// One scanned host as one JSON object without line end; schema/scan.schema.json describes it.
[[nodiscard]] std::string scan_to_json(const model::Trace& trace, const ServiceNames& services);

/// The first line of the CSV form (RFC 4180), without line end.
[[nodiscard]] std::string scan_csv_header();
/// One line per port the user named, each with its line end. Text that a spreadsheet would evaluate
/// as a formula is preceded by an apostrophe.
[[nodiscard]] std::string scan_to_csv(const model::Trace& trace, const ServiceNames& services);

/// Writes a finished scan with one of the functions above.
class ScanDocument final : public seam::Presenter {
 public:
  using Write = std::function<std::string(const model::Trace&)>;
  explicit ScanDocument(Write write) : write_{std::move(write)} {}

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant) override { return {}; }
  [[nodiscard]] std::optional<Instant> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  Write write_;
  bool done_ = false;
};

}  // namespace synroute::present
