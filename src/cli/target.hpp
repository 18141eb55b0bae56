// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "cli/value.hpp"
#include "tracer/request/trace_request.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::cli {

/// The port of a TCP service name; nothing when it has none.
using ServicePorts = std::function<std::optional<Port>(const std::string& name)>;

/// A number from 1 to 65535.
[[nodiscard]] Read<Port> read_port_number(std::string_view text);
/// A port number or the name of a service.
[[nodiscard]] Read<Port> read_port(std::string_view text, const ServicePorts& services);

/// One target: `HOST`, `HOST:PORT`, `[V6]`, `[V6]:PORT`, `V6`, `V6%ZONE` or a URL, whose user name,
/// path, query and fragment are ignored; a path may also follow the other forms. The host becomes
/// the name as the DNS has it, and an IPv4-mapped address the IPv4 address. Short and hexadecimal
/// forms of IPv4 addresses ("127.1") are errors: a mistyped address or a misplaced port would
/// silently become another host.
[[nodiscard]] Read<tracer::TargetRequest> read_target(
    std::string_view text, const ServicePorts& services);

/// The meaning of the words that are not options.
struct Operands {
  std::vector<tracer::TargetRequest> targets;
  std::optional<int> packet_length;
};

/// One word is a target. Of two words, the second is the port of the first when it is all digits,
/// or the name of a TCP service without a dot or colon. Of three words, `HOST PORT LENGTH` when the
/// second is a port in that sense and the third is all digits. Everything else is a list of
/// targets. `port` (option -p) is for targets that name none; two ports for one target are an
/// error.
[[nodiscard]] Read<Operands> read_operands(
    std::span<const std::string_view> words,
    std::optional<Port> port,
    const ServicePorts& services);

/// Possible lengths of an IP packet, in bytes.
inline constexpr Range kLengthRange{.first = 1, .last = 65535};

}  // namespace synroute::cli
