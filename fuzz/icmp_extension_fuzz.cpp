// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp_extension.hpp"

#include "fuzz.hpp"

using namespace synroute;
using namespace synroute::wire;

void fuzz(std::span<const std::uint8_t> input) {
  for (const Family family : {Family::V4, Family::V6}) {
    const std::uint8_t time_exceeded = family == Family::V4 ? 11 : 3;
    for (const std::uint32_t rest : {0U, length_field(family, 17), length_field(family, 40)}) {
      const auto found = find_extensions(family, time_exceeded, rest, input);
      require(!found || found->offset + 8 <= input.size());
    }
  }
  const auto extensions = read_extensions(input);
  if (!extensions) {
    return;
  }
  require(extensions->mpls.size() <= kMplsLabelsMax);
  require(extensions->interfaces.size() <= 4);
  require(extensions->unknown.size() <= kExtensionObjectsMax);
  const auto written = encode(*extensions);
  require(written.empty() ? *extensions == Extensions{} : read_extensions(written) == extensions);
}
