// SPDX-License-Identifier: Apache-2.0
#include "present/palette.hpp"

#include <fmt/format.h>

namespace synroute::present {
namespace {

// ECMA-48 §8.3.117, SGR.
constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kFaint = "2";

}  // namespace

std::string Palette::paint(std::string_view code, std::string_view text) const {
  return color_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string{text};
}

std::string Palette::state(model::PortState state, std::string_view text) const {
  return paint(state == model::PortState::Open ? kGreen : kRed, text);
}

std::string Palette::bad(std::string_view text) const {
  return paint(kRed, text);
}

std::string Palette::dim(std::string_view text) const {
  return paint(kFaint, text);
}

}  // namespace synroute::present
