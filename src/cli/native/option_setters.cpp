// SPDX-License-Identifier: Apache-2.0
#include "cli/native/option_setters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace synroute::cli {
std::string listed(std::span<const std::string_view> words, std::string_view last_separator) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool last = i + 1 == words.size();
    const std::string_view before = last ? last_separator : ", ";
    text += fmt::format("{}{}", i == 0 ? "" : before, words[i]);
  }
  return text;
}

std::string alternatives(std::span<const std::string_view> words) {
  return listed(words, " or ");
}

Read<void> set_tos_bits(
    Request& to, std::uint8_t mask, int shift, const Read<std::uint8_t>& value) {
  if (!value) {
    return std::unexpected{value.error()};
  }
  std::uint8_t& tos = to.trace.probe.tos;
  tos = static_cast<std::uint8_t>((tos & ~mask) | (*value << shift));
  return {};
}

Read<std::size_t> read_choice(std::string_view value, std::string_view words) {
  const auto all = split(words, ' ');
  const auto found = std::ranges::find(all, value);
  if (found == all.end()) {
    return std::unexpected{fmt::format("must be {}, not '{}'", alternatives(all), value)};
  }
  return static_cast<std::size_t>(found - all.begin());
}

}  // namespace synroute::cli
