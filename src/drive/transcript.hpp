// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seam/presenter.hpp"

#include <utility>
#include <vector>

namespace synroute::drive {

/// Text that is not yet written, in an order that holds across both streams: the standard error of
/// a text is written before its standard output, so standard error after output starts a new text.
class Transcript {
 public:
  void add(seam::Text text) {
    if (text.out.empty() && text.err.empty()) {
      return;
    }
    if (texts_.empty() || (!texts_.back().out.empty() && !text.err.empty())) {
      texts_.push_back(std::move(text));
    } else {
      texts_.back() += text;
    }
  }
  [[nodiscard]] std::vector<seam::Text> take() { return std::exchange(texts_, {}); }

 private:
  std::vector<seam::Text> texts_;
};

}  // namespace synroute::drive
