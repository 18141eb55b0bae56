// SPDX-License-Identifier: Apache-2.0
#include "base/ip_address.hpp"

#include "fuzz.hpp"

#include <string>

using namespace synroute;

void fuzz(std::span<const std::uint8_t> input) {
  const std::string text{input.begin(), input.end()};
  if (const auto address = IpAddress::parse(text)) {
    require(IpAddress::parse(address->to_string()) == address);
  }
  if (const auto prefix = Prefix::parse(text)) {
    require(prefix->contains(prefix->address));
    require(Prefix::parse(prefix->to_string()) == prefix);
  }
}
