// SPDX-License-Identifier: Apache-2.0
#include "cli/replay_targets.hpp"

#include "cli/locate.hpp"
#include "os/network/name_lookup.hpp"

#include <algorithm>
#include <utility>

namespace synroute::cli {
namespace {

/// Where no port is said, any is meant.
Read<TargetSpec> read_wish(Words operands, std::optional<Port> port) {
  if (operands.size() == 1 && !port) {
    return read_target(operands.front(), os::service_port);
  }
  auto read = read_operands(operands, port, os::service_port);
  if (!read) {
    return std::unexpected{std::move(read.error())};
  }
  if (read->targets.size() != 1 || read->packet_length) {
    return std::unexpected{"name one target at most; usage: synroute replay FILE [HOST[:PORT]]"};
  }
  return std::move(read->targets.front());
}

}  // namespace

std::expected<ReplayTargets, Obstacle> ReplayTargets::read(const Request& request, Words operands) {
  ReplayTargets result;
  result.family_ = request.trace.family;
  result.port_ = request.port;
  if (operands.empty()) {
    return result;
  }
  auto spec = read_wish(operands, request.port);
  if (!spec) {
    return std::unexpected{Obstacle{ExitCode::Usage, std::move(spec.error())}};
  }
  auto addresses = addresses_of(request.trace, *spec);
  if (!addresses) {
    return std::unexpected{std::move(addresses.error())};
  }
  result.wish_ = Wish{.spec = std::move(*spec), .addresses = std::move(*addresses)};
  return result;
}

bool ReplayTargets::Wish::covers(const IpAddress& target, Port port) const {
  return std::ranges::find(addresses, target) != addresses.end()
         && spec.port.value_or(port) == port;
}

bool ReplayTargets::want(const IpAddress& target, Port port) const {
  return family_.value_or(target.family()) == target.family()
         && (wish_ ? wish_->covers(target, port) : port_.value_or(port) == port);
}

void ReplayTargets::name(model::Target& target) const {
  if (wish_) {
    target.input = wish_->spec.input;
    target.name = wish_->spec.address ? "" : wish_->spec.host;
  }
}

}  // namespace synroute::cli
