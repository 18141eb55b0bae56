// SPDX-License-Identifier: Apache-2.0
#include "cli/dns_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include <idn2.h>

namespace synroute::cli {
namespace {

/// RFC 1035 §2.3.4, as text without the final dot.
constexpr std::size_t kNameMax = 253;
constexpr std::size_t kLabelMax = 63;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(
      text, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

bool has_forbidden(std::string_view name) {
  return std::ranges::any_of(name, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte <= 0x20 || byte == 0x7f || std::string_view{"/?#@[]%\\\"'<>"}.contains(letter);
  });
}

bool has_good_labels(std::string_view name) {
  name = name.substr(0, name.size() - (name.ends_with('.') ? 1 : 0));
  return name.size() <= kNameMax
         && std::ranges::all_of(split(name, '.'), [](std::string_view label) {
              return !label.empty() && label.size() <= kLabelMax;
            });
}

}  // namespace

Read<std::string> dns_name(std::string_view name) {
  std::string ascii{name};
  if (has_forbidden(name) || name.starts_with('-')) {
    return std::unexpected{"is not a host name"};
  }
  if (!is_ascii(name)) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): characters as the bytes they are
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(ascii.c_str());
    std::uint8_t* result = nullptr;
    const int code = ::idn2_lookup_u8(bytes, &result, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the library made them ASCII
    const std::unique_ptr<char, void (*)(void*)> made{reinterpret_cast<char*>(result), ::idn2_free};
    if (code != IDN2_OK) {
      return std::unexpected{fmt::format("is not a host name: {}", ::idn2_strerror(code))};
    }
    ascii = made.get();
  }
  if (!has_good_labels(ascii)) {
    return std::unexpected{"is not a host name"};
  }
  return ascii;
}

}  // namespace synroute::cli
