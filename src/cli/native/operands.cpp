// SPDX-License-Identifier: Apache-2.0
#include "cli/native/operands.hpp"

#include "cli/target.hpp"
#include "os/network/name_lookup.hpp"

#include <utility>

namespace synroute::cli {

Read<void> read_trace_operands(Request& request, Words operands) {
  auto read = read_operands(operands, request.port, os::service_port);
  if (!read) {
    return std::unexpected{std::move(read.error())};
  }
  if (read->targets.empty()) {
    return std::unexpected{"no target; usage: synroute [OPTION]... HOST[:PORT]... (see --help)"};
  }
  request.trace.targets = std::move(read->targets);
  if (read->packet_length) {
    request.trace.probe.length = read->packet_length;
  }
  return {};
}

}  // namespace synroute::cli
