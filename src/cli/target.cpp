// SPDX-License-Identifier: Apache-2.0
#include "cli/target.hpp"

#include "base/mapped_address.hpp"
#include "base/text.hpp"
#include "cli/dns_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace synroute::cli {
namespace {

std::unexpected<std::string> refuse(std::string_view text, std::string_view why) {
  return std::unexpected{fmt::format("'{}' {}", sanitise(text), why)};
}

/// A host and, after a colon, a port; absent: none was written.
struct Authority {
  std::string_view host;
  std::optional<std::string_view> port;
  bool bracketed = false;
};

Read<Authority> split_authority(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) {
      return refuse(text, "has no closing bracket");
    }
    Authority result{.host = text.substr(1, end - 1), .port = std::nullopt, .bracketed = true};
    const std::string_view rest = text.substr(end + 1);
    if (rest.starts_with(':')) {
      result.port = rest.substr(1);
    } else if (!rest.empty()) {
      return refuse(text, "must end or continue with :PORT after the bracket");
    }
    return result;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) {
    return Authority{.host = text, .port = std::nullopt};
  }
  return Authority{.host = text.substr(0, colon), .port = text.substr(colon + 1)};
}

/// For "::1:80", which is an address, or none: the last part may have been meant as a port.
std::string port_hint(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const std::string_view front = host.substr(0, colon);
  const std::string_view port = host.substr(colon + 1);
  const auto address = IpAddress::parse(front);
  const bool may_be_meant =
      address && !front.ends_with(':') && address->family() == Family::V6 && is_all_digits(port);
  return may_be_meant ? fmt::format(" (port {} of {} is written [{}]:{})", port, front, front, port)
                      : "";
}

/// ::/96 beside :: and ::1: deprecated (RFC 4291 §2.5.5.1), and used by no host.
bool is_ipv4_compatible(const IpAddress& address) {
  const auto bytes = address.bytes();
  const bool in_prefix =
      std::ranges::all_of(bytes.first(12), [](std::uint8_t byte) { return byte == 0; });
  return in_prefix && !address.is_unspecified() && !address.is_loopback();
}

/// Only IPv6 addresses have zones. RFC 6874 writes the "%" of a zone as "%25" inside a URL.
Read<tracer::TargetRequest> with_zone(tracer::TargetRequest spec, std::string_view host, bool url) {
  const std::size_t percent = host.find('%');
  if (percent != std::string_view::npos) {
    std::string_view zone = host.substr(percent + 1);
    zone.remove_prefix(url && zone.starts_with("25") ? 2 : 0);
    if (zone.empty()) {
      return refuse(host, "has no interface after the %");
    }
    const std::size_t colon = zone.rfind(':');
    if (colon != std::string_view::npos && is_all_digits(zone.substr(colon + 1))) {
      const std::string_view port = zone.substr(colon + 1);
      const std::string_view front = host.substr(0, host.size() - port.size() - 1);
      return refuse(
          zone, fmt::format("is not an interface (port {} is written [{}]:{})", port, front, port));
    }
    spec.zone = zone;
    host = host.substr(0, percent);
  }
  spec.address = IpAddress::parse(host);
  if (!spec.address || spec.address->family() != Family::V6) {
    return refuse(host, "is not an IPv6 address" + port_hint(host));
  }
  if (is_ipv4_compatible(*spec.address)) {
    return refuse(host, "is no address of a host" + port_hint(host));
  }
  spec.address = unmapped(*spec.address);
  if (!spec.zone.empty() && spec.address->family() == Family::V4) {
    return refuse(host, "is an IPv4 address, which has no interface");
  }
  spec.host = spec.address->family() == Family::V4 ? spec.address->to_string() : std::string{host};
  return spec;
}

/// No host name ends in a number: such a word is a wrong IPv4 address.
bool ends_in_number(std::string_view host) {
  host.remove_suffix(host.ends_with('.') ? 1 : 0);
  const std::size_t dot = host.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
  return is_all_digits(last) || lower(last).starts_with("0x");
}

Read<tracer::TargetRequest> with_host(tracer::TargetRequest spec, const Authority& from, bool url) {
  if (from.bracketed || from.host.contains(':') || from.host.contains('%')) {
    return with_zone(std::move(spec), from.host, url);
  }
  spec.host = from.host;
  spec.address = IpAddress::parse(from.host);
  if (spec.address) {
    return spec;
  }
  if (from.host.empty()) {
    return refuse(spec.input, "has no host");
  }
  if (is_all_digits(from.host)) {
    return refuse(from.host, "is a number, not a host (a port is written HOST:PORT, or -p PORT)");
  }
  if (ends_in_number(from.host)) {
    return refuse(from.host, "is not an IPv4 address");
  }
  auto name = dns_name(from.host);
  if (!name) {
    return refuse(from.host, name.error());
  }
  spec.host = std::move(*name);
  return spec;
}

struct Scheme {
  std::string_view name;
  std::uint16_t port;
};
/// Schemes whose name differs from the service's, or that must not depend on /etc/services.
constexpr auto kSchemes = std::to_array<Scheme>({
    {"http", 80},
    {"https", 443},
    {"ws", 80},
    {"wss", 443},
    {"ftp", 21},
    {"ftps", 990},
    {"ssh", 22},
    {"sftp", 22},
    {"git", 9418},
    {"ldap", 389},
    {"postgresql", 5432},
    {"redis", 6379},
    {"mqtt", 1883},
    {"rtsp", 554},
    {"ldaps", 636},
});

std::optional<Port> scheme_port(std::string_view scheme, const ServicePorts& services) {
  const std::string name = lower(scheme);
  const auto row = std::ranges::find(kSchemes, std::string_view{name}, &Scheme::name);
  return row != kSchemes.end() ? std::optional{Port{row->port}} : services(name);
}

/// RFC 3986 §3: scheme "://" [userinfo "@"] host [":" port] ; the rest is ignored.
Read<tracer::TargetRequest> read_url(
    std::string_view text, std::size_t colon, const ServicePorts& services) {
  const std::string_view rest = text.substr(colon + 3);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#\\"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  auto parts = split_authority(authority);
  if (!parts) {
    return std::unexpected{parts.error()};
  }
  tracer::TargetRequest spec{.input = std::string{text}};
  if (const auto& text_of_port = parts->port; text_of_port && !text_of_port->empty()) {
    const auto port = read_port(*text_of_port, services);
    if (!port) {
      return std::unexpected{port.error()};
    }
    spec.port = *port;
  } else {
    spec.port = scheme_port(text.substr(0, colon), services);
    spec.port_implied = true;
  }
  if (!spec.port) {
    return refuse(text.substr(0, colon), "is a scheme without a known port (add :PORT)");
  }
  return with_host(std::move(spec), *parts, true);
}

/// The part of "example.org:443/path" before the path.
Read<std::string_view> without_path(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0) {
    return text;
  }
  if (IpAddress::parse(text.substr(0, slash)) && is_all_digits(text.substr(slash + 1))) {
    return refuse(text, "is a range of addresses: a trace takes one (synroute scan takes ranges)");
  }
  return text.substr(0, slash);
}

/// Whether an operand is a port. "65536" is one, and out of range.
bool is_port_word(std::string_view word, const ServicePorts& services) {
  if (is_all_digits(word)) {
    return true;
  }
  return word.find_first_of(".:/[%") == std::string_view::npos && services(std::string{word});
}

Read<void> settle_port(
    tracer::TargetRequest& target, std::optional<Port> port, std::string_view where) {
  if (!port) {
    target.port = target.port.value_or(tracer::kDefaultPort);
    return {};
  }
  if (target.port && !target.port_implied) {
    return refuse(target.input, fmt::format("names a port, and so does {}", where));
  }
  target.port = port;
  return {};
}

}  // namespace

Read<Port> read_port_number(std::string_view text) {
  const auto number = read_number(text, {.first = 1, .last = 65535});
  if (!is_all_digits(text) || !number) {
    return refuse(text, "is not a port from 1 to 65535");
  }
  return Port{static_cast<std::uint16_t>(*number)};
}

Read<Port> read_port(std::string_view text, const ServicePorts& services) {
  if (is_all_digits(text)) {
    return read_port_number(text);
  }
  if (text.empty()) {
    return std::unexpected{"the port is empty"};
  }
  if (const auto port = services(std::string{text})) {
    return *port;
  }
  return refuse(text, "is neither a port number nor a known TCP service");
}

Read<tracer::TargetRequest> read_target(std::string_view text, const ServicePorts& services) {
  if (const std::size_t colon = text.find("://"); colon != std::string_view::npos) {
    return read_url(text, colon, services);
  }
  const auto authority = without_path(text);
  if (!authority) {
    return std::unexpected{authority.error()};
  }
  const auto parts = split_authority(*authority);
  if (!parts) {
    return std::unexpected{parts.error()};
  }
  tracer::TargetRequest spec{.input = std::string{text}};
  if (const auto& text_of_port = parts->port) {
    const auto port = read_port(*text_of_port, services);
    if (!port) {
      return std::unexpected{port.error()};
    }
    spec.port = *port;
  }
  return with_host(std::move(spec), *parts, false);
}

Read<Operands> read_operands(
    std::span<const std::string_view> words,
    std::optional<Port> port,
    const ServicePorts& services) {
  Operands result;
  std::string_view where = "-p";
  const bool second_is_port = words.size() >= 2 && is_port_word(words[1], services);
  const bool third_is_length = words.size() == 3 && is_all_digits(words[2]);
  if (second_is_port && (words.size() == 2 || third_is_length)) {
    const auto operand = read_port(words[1], services);
    if (!operand) {
      return std::unexpected{operand.error()};
    }
    if (port) {
      return refuse(words[1], "is a port, and so is -p (the source port is --sport)");
    }
    port = *operand;
    where = words[1];
    if (third_is_length) {
      const auto length = read_as<int>(words[2], kLengthRange);
      if (!length) {
        return std::unexpected{"packet length: " + length.error()};
      }
      result.packet_length = *length;
    }
    words = words.first(1);
  }
  for (const std::string_view word : words) {
    auto target = read_target(word, services);
    if (!target) {
      return std::unexpected{target.error()};
    }
    if (const auto settled = settle_port(*target, port, where); !settled) {
      return std::unexpected{settled.error()};
    }
    result.targets.push_back(std::move(*target));
  }
  return result;
}

}  // namespace synroute::cli
