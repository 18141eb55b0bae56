// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seam/presenter.hpp"

#include <memory>
#include <vector>

namespace synroute::present {

/// Several presenters that watch the same trace; what they say is put together in their order.
class Together final : public seam::Presenter {
 public:
  explicit Together(std::vector<std::unique_ptr<seam::Presenter>> parts);

  seam::Text on(const model::Event& event) override;
  seam::Text advance(Instant now) override;
  [[nodiscard]] std::optional<Instant> deadline() const override;
  [[nodiscard]] bool done() const override;

 private:
  std::vector<std::unique_ptr<seam::Presenter>> parts_;
};

}  // namespace synroute::present
