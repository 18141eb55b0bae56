// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "fuzz.hpp"

#include <algorithm>
#include <string>

void fuzz(std::span<const std::uint8_t> input) {
  const std::string text{input.begin(), input.end()};
  const std::string safe = synroute::sanitise(text);
  require(safe.size() <= 255 + 3);
  require(
      std::ranges::none_of(safe, [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; }));
  require(synroute::sanitise(safe, safe.size()) == safe);
  require(synroute::width(safe) <= safe.size());
}
