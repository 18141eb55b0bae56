// SPDX-License-Identifier: Apache-2.0
#include "cli/native/scan_hosts.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace synroute::cli {
namespace {

constexpr std::size_t kPairsWithoutQuestion = 10'000'000;
constexpr int kHostBitsWithoutQuestion = 8;
constexpr int kHostBitsMax = 16;

/// RFC 1918, 6598, 3927, 5737, 2544, 4193, 4291, 3849, 9637; and loopback.
constexpr std::array<std::string_view, 15> kHarmless{
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "198.18.0.0/15",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "2001:db8::/32",
    "3fff::/20",
    "::1/128"};

bool is_harmless(const Prefix& prefix) {
  return std::ranges::any_of(kHarmless, [&prefix](std::string_view text) {
    const auto whole = Prefix::parse(text);
    return whole && prefix.length >= whole->length && whole->contains(prefix.address);
  });
}

/// The address with its last bits set to `number`.
IpAddress member(const Prefix& prefix, std::uint32_t number) {
  if (prefix.address.family() == Family::V4) {
    const std::uint32_t mask = prefix.length == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix.length);
    return IpAddress::v4((prefix.address.v4_bits() & mask) | number);
  }
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(prefix.address.bytes(), bytes.begin());
  for (int bit = prefix.length; bit < 128; ++bit) {
    const auto place = static_cast<std::size_t>(bit / 8);
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    const int weight = 127 - bit;
    const bool set = weight < 32 && (number >> weight & 1U) != 0;
    bytes[place] = static_cast<std::uint8_t>(set ? bytes[place] | mask : bytes[place] & ~mask);
  }
  return IpAddress::v6(bytes);
}

Read<void> add_prefix(std::string_view text, bool yes, std::vector<tracer::TargetRequest>& hosts) {
  const auto prefix = Prefix::parse(text);
  if (!prefix) {
    return std::unexpected{
        fmt::format("'{}' is not a prefix such as 192.0.2.0/24", sanitise(text))};
  }
  const bool v4 = prefix->address.family() == Family::V4;
  const int host_bits = (v4 ? 32 : 128) - prefix->length;
  if (host_bits > kHostBitsMax) {
    return std::unexpected{
        fmt::format("prefix {} has more than 65536 addresses", prefix->to_string())};
  }
  if (!yes && host_bits > kHostBitsWithoutQuestion) {
    return std::unexpected{fmt::format(
        "prefix {} has more than 256 addresses: use --yes to scan it", prefix->to_string())};
  }
  if (!yes && !is_harmless(*prefix)) {
    return std::unexpected{
        fmt::format("prefix {} is public: use --yes to scan it", prefix->to_string())};
  }
  const std::uint32_t count = 1U << host_bits;
  const std::uint32_t edge = v4 && host_bits >= 2 ? 1 : 0;
  for (std::uint32_t number = edge; number < count - edge; ++number) {
    tracer::TargetRequest host;
    host.address = member(*prefix, number);
    host.input = host.host = host.address->to_string();
    hosts.push_back(std::move(host));
  }
  return {};
}

}  // namespace

Read<std::vector<tracer::TargetRequest>> read_hosts(
    std::span<const std::string_view> words, bool yes, const ServicePorts& services) {
  std::vector<tracer::TargetRequest> hosts;
  for (const std::string_view word : words) {
    if (word.find('/') != std::string_view::npos && word.find("://") == std::string_view::npos) {
      if (auto added = add_prefix(word, yes, hosts); !added) {
        return std::unexpected{std::move(added.error())};
      }
      continue;
    }
    auto host = read_target(word, services);
    if (!host) {
      return std::unexpected{std::move(host.error())};
    }
    if (host->port && !host->port_implied) {
      return std::unexpected{
          fmt::format("'{}' names a port: ports are the last operand", sanitise(word))};
    }
    hosts.push_back(std::move(*host));
  }
  return hosts;
}

Read<void> check_size(std::size_t hosts, std::size_t ports, bool yes) {
  if (!yes && hosts * ports >= kPairsWithoutQuestion) {
    return std::unexpected{fmt::format(
        "{} hosts with {} ports each are at least {} probes: use --yes to scan them",
        hosts,
        ports,
        hosts * ports)};
  }
  return {};
}

}  // namespace synroute::cli
