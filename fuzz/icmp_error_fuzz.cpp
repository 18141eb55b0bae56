// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp_error.hpp"

#include "fuzz.hpp"
#include "wire/datagram.hpp"
#include "wire/reader.hpp"

#include <algorithm>

using namespace synroute;
using namespace synroute::wire;

/// Type, code, MTU, quote limit, length field, size of the extension, extension, offending packet.
void fuzz(std::span<const std::uint8_t> input) {
  Reader reader{input};
  IcmpErrorSpec spec{.type = reader.u8(), .code = reader.u8(), .mtu = reader.u32()};
  spec.transport_bytes_max = reader.u8();
  if (const std::uint8_t words = reader.u8(); words != 255) {
    spec.length_words = words;
  }
  spec.extension = reader.take_at_most(reader.u8());
  spec.offending = reader.rest();
  for (const Family family : {Family::V4, Family::V6}) {
    const IcmpMessage message = make_icmp_error(family, spec);
    const bool v4 = family == Family::V4;
    const IpAddress address = v4 ? IpAddress{} : IpAddress::v6({});
    const auto read = dissect(bytes({{.source = address, .destination = address}, message}));
    require(read && read->icmp() && *read->icmp() == message);
    require(read->ip.total_length <= (v4 ? 576U : 1280U) + spec.extension.size());
  }
}
