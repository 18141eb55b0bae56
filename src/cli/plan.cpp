// SPDX-License-Identifier: Apache-2.0
#include "cli/plan.hpp"

#include "os/network/name_lookup.hpp"

#include <fmt/format.h>

namespace synroute::cli {
namespace {

/// The printable cycle tcptraceroute fills its packets with: '!' to '}'.
constexpr std::uint8_t kFirstFill = 0x21;
constexpr std::uint8_t kLastFill = 0x7d;

std::vector<std::uint8_t> filling(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(kFirstFill + (i % (kLastFill - kFirstFill + 1)));
  }
  return bytes;
}

wire::TcpFlags flags_of(const ProbeLook& look) {
  const wire::TcpFlags flags = look.flags.value_or(wire::TcpFlag::Syn);
  return look.ecn_setup ? flags | wire::TcpFlag::Ece | wire::TcpFlag::Cwr : flags;
}

/// The options of system_syn() belong on a SYN; elsewhere they would be the odd thing about a
/// probe.
engine::ProbeShape headers_of(const ProbeLook& look, Family family, std::size_t mtu) {
  const wire::TcpFlags flags = flags_of(look);
  constexpr std::size_t kUsualMtu = 1500;
  engine::ProbeShape shape =
      look.bare ? engine::bare_syn() : engine::system_syn(family, mtu != 0 ? mtu : kUsualMtu);
  if (!flags.has(wire::TcpFlag::Syn)) {
    shape.options = {};
  }
  shape.flags = flags;
  shape.tos = look.tos;
  shape.dont_fragment = shape.dont_fragment || look.dont_fragment;
  return shape;
}

model::Target target_of(const TargetSpec& spec, const IpAddress& address) {
  const Port port = spec.port.value_or(kDefaultPort);
  return {
      .input = spec.input,
      .name = spec.address ? "" : spec.host,
      .address = address,
      .port = port,
      .service = os::service_name(port),
      .zone = {}};
}

}  // namespace

std::size_t source_port_count(const TraceRequest& request) {
  const bool one_by_one = request.method == SendMethod::Connect;
  return one_by_one || request.way_out.source_port ? 1
                                                   : strategy::useful_source_ports(request.path);
}

Read<engine::ProbeShape> shape_of(const ProbeLook& look, Family family, const Place& place) {
  engine::ProbeShape shape = headers_of(look, family, place.mtu);
  if (!look.length) {
    return shape;
  }
  const auto wanted = static_cast<std::size_t>(*look.length);
  const std::size_t headers = shape.length(family);
  if (wanted < headers) {
    return std::unexpected{fmt::format(
        "packet length {} is too small: the headers of a probe take {} bytes", wanted, headers)};
  }
  if (place.mtu != 0 && wanted > place.mtu) {
    return std::unexpected{fmt::format(
        "packet length {} is above the MTU of {}, {} bytes", wanted, place.interface, place.mtu)};
  }
  shape.payload = filling(wanted - headers);
  return shape;
}

std::expected<engine::Settings, Obstacle> settings_of(
    const TraceRequest& request, const TargetSpec& target, const Place& place, std::uint64_t seed) {
  const Family family = place.target.family();
  auto shape = shape_of(request.look, family, place);
  if (!shape) {
    return std::unexpected{Obstacle{.code = ExitCode::Usage, .message = std::move(shape.error())}};
  }
  engine::Settings settings;
  settings.head.target = target_of(target, place.target);
  settings.head.target.zone = place.target.is_link_local() ? place.interface : "";
  settings.head.source = {
      .address = place.source, .port = {}, .interface = place.interface, .gateway = place.gateway};
  settings.head.first_ttl = request.path.first_ttl;
  settings.head.last_ttl = request.path.last_ttl;
  settings.head.queries = request.path.queries;
  settings.head.packet_length = shape->length(family);
  settings.shape = std::move(*shape);
  settings.seed = seed;
  settings.pacing = request.pacing;
  settings.report_packets = request.debug;
  return settings;
}

Read<void> check(const TraceRequest& request) {
  if (request.path.first_ttl > request.path.last_ttl) {
    return std::unexpected{fmt::format(
        "the first TTL, {}, is above the last, {}", request.path.first_ttl, request.path.last_ttl)};
  }
  const auto& source = request.way_out.source;
  if (source && request.family && source->family() != *request.family) {
    return std::unexpected{fmt::format(
        "source address {} is not IPv{}",
        source->to_string(),
        *request.family == Family::V4 ? 4 : 6)};
  }
  const auto wanted = wanted_family(request);
  for (const TargetSpec& target : request.targets) {
    if (wanted && target.address && target.address->family() != *wanted) {
      return std::unexpected{
          fmt::format("target {} is not IPv{}", target.host, *wanted == Family::V4 ? 4 : 6)};
    }
  }
  return {};
}

std::string_view what_needs_raw(const TraceRequest& request) {
  if (!request.pcap.empty()) {
    return "--pcap";
  }
  if (request.look.ecn_setup) {
    return "--ecn-setup";
  }
  if (flags_of(request.look) != wire::TcpFlags{wire::TcpFlag::Syn}) {
    return "--flags";
  }
  if (request.look.bare) {
    return "--bare-syn";
  }
  if (request.look.length) {
    return "--length";
  }
  if (request.way_out.mark != 0) {
    return "--mark";
  }
  return request.way_out.source_port && !request.paris ? "--sport without --paris" : "";
}

std::optional<Family> wanted_family(const TraceRequest& request) {
  if (!request.family && request.way_out.source) {
    return request.way_out.source->family();
  }
  return request.family;
}

}  // namespace synroute::cli
