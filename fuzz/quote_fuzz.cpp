// SPDX-License-Identifier: Apache-2.0
#include "wire/quote.hpp"

#include "fuzz.hpp"

using namespace synroute;

void fuzz(std::span<const std::uint8_t> input) {
  for (const Family family : {Family::V4, Family::V6}) {
    const auto quote = wire::read_quote(family, input);
    if (!quote) {
      continue;
    }
    require(quote->source.family() == family && quote->destination.family() == family);
    require(quote->transport_bytes < input.size());
    require(!quote->tcp || quote->transport_bytes >= 8);
    require(!quote->tcp || !quote->tcp->header || quote->transport_bytes >= 20);
  }
}
