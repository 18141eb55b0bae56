// SPDX-License-Identifier: Apache-2.0
#include "cli/native/replay_filter.hpp"

#include "cli/target.hpp"
#include "os/network/name_lookup.hpp"
#include "tracer/network/resolve.hpp"
#include "tracer/request/validate.hpp"

#include <algorithm>
#include <utility>

namespace synroute::cli {
namespace {

/// A target without a port selects all ports.
Read<tracer::TargetRequest> read_selected(Words operands, std::optional<Port> port) {
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

std::expected<ReplayFilter, tracer::StartupError> ReplayFilter::read(
    const Request& request, Words operands) {
  ReplayFilter result;
  result.family_ = request.trace.family;
  result.port_ = request.port;
  if (operands.empty()) {
    return result;
  }
  auto target = read_selected(operands, request.port);
  if (!target) {
    return std::unexpected{
        tracer::StartupError{tracer::StartupErrorKind::InvalidRequest, std::move(target.error())}};
  }
  auto addresses = tracer::addresses_of(*target, tracer::wanted_family(request.trace));
  if (!addresses) {
    return std::unexpected{std::move(addresses.error())};
  }
  result.selected_ = Selected{.request = std::move(*target), .addresses = std::move(*addresses)};
  return result;
}

bool ReplayFilter::Selected::accepts(const IpAddress& target, Port port) const {
  return std::ranges::find(addresses, target) != addresses.end()
         && request.port.value_or(port) == port;
}

bool ReplayFilter::accepts(const IpAddress& target, Port port) const {
  return family_.value_or(target.family()) == target.family()
         && (selected_ ? selected_->accepts(target, port) : port_.value_or(port) == port);
}

void ReplayFilter::name(model::Target& target) const {
  if (selected_) {
    target.input = selected_->request.input;
    target.name = selected_->request.address ? "" : selected_->request.host;
  }
}

}  // namespace synroute::cli
