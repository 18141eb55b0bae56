// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <string>
#include <string_view>

namespace synroute::present {

/// The few colours of the text output, or none. Colour only repeats what the words say.
class Palette {
 public:
  explicit Palette(bool color) : color_{color} {}

  /// Green for open, red for every other state.
  [[nodiscard]] std::string state(model::PortState state, std::string_view text) const;
  /// Wrong, or broken off.
  [[nodiscard]] std::string bad(std::string_view text) const;
  [[nodiscard]] std::string dim(std::string_view text) const;

 private:
  [[nodiscard]] std::string paint(std::string_view code, std::string_view text) const;

  bool color_;
};

}  // namespace synroute::present
