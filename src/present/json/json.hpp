// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "present/name_cache.hpp"
#include "seam/presenter.hpp"

#include <optional>
#include <string>

namespace synroute::present {

/// One trace as one JSON object (RFC 8259) without line end; schema/trace.schema.json describes it.
/// Times are in milliseconds with three decimals, absent values are null. The text is ASCII: other
/// characters are escaped and bytes that are not UTF-8 become U+FFFD, so that printing it to a
/// terminal is safe.
[[nodiscard]] std::string to_json(const model::Trace& trace, const NameCache& names);

struct JsonOptions {
  bool names = true;
  /// How long a finished trace waits for pending name lookups.
  Duration name_wait{};
};

/// Writes one line per trace when it is finished.
class Json final : public seam::Presenter {
 public:
  explicit Json(const JsonOptions& options) : options_{options} {}

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant now) override;
  [[nodiscard]] std::optional<Instant> deadline() const override;
  [[nodiscard]] bool done() const override { return done_; }

 private:
  [[nodiscard]] bool may_write(const model::Trace& trace, Instant now) const;
  [[nodiscard]] bool has_all_names(const model::Trace& trace) const;
  [[nodiscard]] seam::Text write(const model::Trace& trace);

  JsonOptions options_;
  NameCache names_;
  std::optional<model::Trace> trace_;  ///< finished, and waits for names
  Instant due_;                        ///< when a finished trace stops waiting for names
  bool done_ = false;
};

}  // namespace synroute::present
