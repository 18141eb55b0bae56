// SPDX-License-Identifier: Apache-2.0
#include "tracer/request/validate.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace synroute::tracer {
namespace {

std::unexpected<StartupError> refuse(StartupErrorKind kind, std::string message) {
  return std::unexpected{StartupError{.kind = kind, .message = std::move(message)}};
}

int version(Family family) {
  return family == Family::V4 ? 4 : 6;
}

}  // namespace

std::expected<void, StartupError> validate(const TraceRequest& request) {
  if (request.path.first_ttl > request.path.last_ttl) {
    return refuse(
        StartupErrorKind::InvalidRequest,
        fmt::format(
            "the first TTL, {}, is above the last, {}",
            request.path.first_ttl,
            request.path.last_ttl));
  }
  const auto& source = request.source.address;
  if (source && request.family && source->family() != *request.family) {
    return refuse(
        StartupErrorKind::InvalidRequest,
        fmt::format(
            "source address {} is not IPv{}", source->to_string(), version(*request.family)));
  }
  const auto wanted = wanted_family(request);
  for (const TargetRequest& target : request.targets) {
    if (wanted && target.address && target.address->family() != *wanted) {
      return refuse(
          StartupErrorKind::UnknownHost,
          fmt::format("target {} is not IPv{}", target.host, version(*wanted)));
    }
  }
  return {};
}

std::optional<Family> wanted_family(const TraceRequest& request) {
  if (!request.family && request.source.address) {
    return request.source.address->family();
  }
  return request.family;
}

}  // namespace synroute::tracer
