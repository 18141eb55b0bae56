// SPDX-License-Identifier: Apache-2.0
#include "wire/tcp_options.hpp"

#include "fuzz.hpp"

using namespace synroute::wire;

void fuzz(std::span<const std::uint8_t> input) {
  const TcpOptions options{input};
  TcpOptions rebuilt;
  for (const TcpOption& option : options.list()) {
    if (TcpOptionKind{option.kind} == TcpOptionKind::NoOperation) {
      rebuilt.no_operation();
    } else {
      rebuilt.raw(option.kind, option.data);
    }
  }
  require(rebuilt.bytes().size() <= options.bytes().size());
  require(rebuilt.maximum_segment_size() == options.maximum_segment_size());
  require(rebuilt.window_scale() == options.window_scale());
  require(rebuilt.has_sack_permitted() == options.has_sack_permitted());
  require(rebuilt.timestamps() == options.timestamps());
}
