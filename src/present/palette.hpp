// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <string>
#include <string_view>

namespace synroute::present {

/// The colours of the text output, or none. Colour never carries information of its own.
class Palette {
 public:
  explicit Palette(bool color) : color_{color} {}

  /// Green for open, red for every other state.
  [[nodiscard]] std::string state(model::PortState state, std::string_view text) const;
  /// Red: errors and interruptions.
  [[nodiscard]] std::string bad(std::string_view text) const;
  [[nodiscard]] std::string dim(std::string_view text) const;

 private:
  [[nodiscard]] std::string paint(std::string_view code, std::string_view text) const;

  bool color_;
};

}  // namespace synroute::present
