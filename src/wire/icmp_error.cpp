// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp_error.hpp"

#include "wire/icmp_extension.hpp"
#include "wire/quote.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

#include <algorithm>

namespace synroute::wire {
namespace {

constexpr std::size_t kQuoteMaxV4 = 576 - 20 - 8;
constexpr std::size_t kQuoteMaxV6 = 1280 - 40 - 8;

std::size_t quote_size(Family family, const IcmpErrorSpec& spec) {
  const auto header = read_ip_header(spec.offending);
  const std::size_t header_size = header ? header->header.header_size : 0;
  const std::size_t whole = spec.offending.size();
  const std::size_t limit = family == Family::V4 ? kQuoteMaxV4 : kQuoteMaxV6;
  if (whole <= header_size || whole - header_size <= spec.transport_bytes_max) {
    return std::min(whole, limit);
  }
  return std::min(header_size + spec.transport_bytes_max, limit);
}

std::uint32_t rest_of_header(Family family, const IcmpErrorSpec& spec, std::size_t padded_quote) {
  std::uint32_t rest = 0;
  if (kind(family, spec.type) == IcmpKind::PacketTooBig) {
    return spec.mtu;
  }
  if (family == Family::V4 && spec.type == 3 && spec.code == 4) {
    rest = spec.mtu & 0xffff;
  }
  if (may_carry_extensions(family, spec.type)) {
    const auto right = static_cast<std::uint8_t>(padded_quote / length_unit(family));
    rest |= length_field(family, spec.length_words.value_or(right));
  }
  return rest;
}

}  // namespace

IcmpMessage make_icmp_error(Family family, const IcmpErrorSpec& spec) {
  IcmpMessage message{.type = spec.type, .code = spec.code, .checksum = Checksum::Good};
  auto quote = first_at_most(spec.offending, quote_size(family, spec));
  std::size_t padded = 0;  // 0: no extension follows, and none is announced
  if (!spec.extension.empty() && may_carry_extensions(family, spec.type)) {
    padded = kExtensionOffsetMin;
    quote = first_at_most(quote, padded);
  }
  Writer writer{padded + quote.size() + spec.extension.size()};
  writer.bytes(quote);
  if (padded != 0) {
    writer.zeros(padded - quote.size()).bytes(spec.extension);
  }
  message.rest = rest_of_header(family, spec, padded);
  message.payload = writer.take();
  interpret(family, message);
  return message;
}

}  // namespace synroute::wire
