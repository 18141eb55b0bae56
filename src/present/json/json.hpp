// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "present/name_cache.hpp"
#include "seam/presenter.hpp"

#include <optional>
#include <string>

namespace synroute::present {

/// One trace as one JSON object (RFC 8259) without line end, as schema/trace.schema.json describes
/// it. Times are numbers in milliseconds with microseconds; absent facts are null; everything
/// beyond ASCII is escaped, and bytes that are not UTF-8 become U+FFFD, so that no terminal is
/// harmed by it.
[[nodiscard]] std::string to_json(const model::Trace& trace, const NameCache& names);

struct JsonOptions {
  bool names = true;
  /// How long a finished trace waits for names that are still asked for.
  Duration name_wait{};
};

/// One line per trace, once it is finished.
class Json final : public seam::Presenter {
 public:
  explicit Json(const JsonOptions& options) : options_{options} {}

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant now) override;
  [[nodiscard]] std::optional<Instant> deadline() const override;
  [[nodiscard]] bool done() const override { return done_; }

 private:
  [[nodiscard]] bool has_all_names() const;

  JsonOptions options_;
  NameCache names_;
  std::optional<model::Trace> trace_;  ///< set when finished
  Instant due_;                        ///< when a finished trace no longer waits for names
  bool done_ = false;
};

}  // namespace synroute::present
