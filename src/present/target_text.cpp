// SPDX-License-Identifier: Apache-2.0
#include "present/target_text.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace synroute::present {
namespace {

/// The host as typed, when it is no ASCII: letters of it may look like others.
std::string typed_host(std::string_view input) {
  const bool is_ascii =
      std::ranges::all_of(input, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
  if (is_ascii) {
    return {};
  }
  if (const std::size_t scheme = input.find("://"); scheme != std::string_view::npos) {
    input.remove_prefix(scheme + 3);
    input = input.substr(0, input.find_first_of("/?#"));
    input.remove_prefix(input.rfind('@') + 1);  // npos + 1 is 0
  }
  return sanitise(input.substr(0, input.find_first_of(":/")));
}

}  // namespace

std::string address_text(const model::Target& target) {
  const std::string zone = target.zone.empty() ? "" : "%" + sanitise(target.zone);
  return target.address.to_string() + zone;
}

std::string host_text(const model::Target& target) {
  const std::string address = address_text(target);
  if (target.name.empty()) {
    return address;
  }
  const std::string typed = typed_host(target.input);
  const std::string both = typed.empty() ? "" : " = ";
  return fmt::format("{}{}{} ({})", typed, both, sanitise(target.name), address);
}

std::string port_text(const model::Target& target) {
  return fmt::format("{} port {}", address_text(target), target.port.value());
}

}  // namespace synroute::present
