// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seam/presenter.hpp"

#include <string>

namespace synroute::present {

/// For -d: one line on standard error for every packet sent or received, with the milliseconds
/// since the start of the trace, and for every probe this host did not send.
class Debug final : public seam::Presenter {
 public:
  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant) override { return {}; }
  [[nodiscard]] std::optional<Instant> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  [[nodiscard]] std::string line(Instant at, std::string_view arrow, std::string_view what) const;

  Instant started_;
  bool done_ = false;
};

}  // namespace synroute::present
