// SPDX-License-Identifier: Apache-2.0
#include "cli/prepare.hpp"

#include "base/random.hpp"
#include "cli/command.hpp"
#include "os/network/name_lookup.hpp"

namespace synroute::cli {

Read<void> take_operands(Request& request, Words operands) {
  auto read = read_operands(operands, request.port, os::service_port);
  if (!read) {
    return std::unexpected{std::move(read.error())};
  }
  if (read->targets.empty()) {
    return std::unexpected{"no target; usage: synroute [OPTION]... HOST[:PORT]... (see --help)"};
  }
  request.trace.targets = std::move(read->targets);
  if (read->packet_length) {
    request.trace.look.length = read->packet_length;
  }
  return {};
}

Prepared prepare(const TraceRequest& request, std::uint64_t seed, const Locator& locate) {
  Prepared result;
  Random seeds{seed};
  for (const TargetSpec& target : request.targets) {
    const std::uint64_t own_seed = seeds.next();
    const auto place = locate(target);
    auto settings =
        place ? settings_of(request, target, *place, own_seed) : std::unexpected{place.error()};
    if (settings) {
      result.traces.push_back(std::move(*settings));
    } else {
      result.code = greatest(result.code, complain(settings.error()));
    }
  }
  return result;
}

}  // namespace synroute::cli
