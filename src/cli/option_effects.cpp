// SPDX-License-Identifier: Apache-2.0
#include "cli/option_effects.hpp"

#include "os/network/name_lookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace synroute::cli {
namespace {

using Text = std::string_view;

constexpr std::uint8_t kEcnMask = 0x03;

/// Replaces the bits of the TOS byte that `mask` names.
Read<void> set_tos_bits(Request& to, std::uint8_t mask, int shift, Read<std::uint8_t> value) {
  if (!value) {
    return std::unexpected{std::move(value.error())};
  }
  std::uint8_t& tos = to.trace.look.tos;
  tos = static_cast<std::uint8_t>((tos & ~mask) | (*value << shift));
  return {};
}

template <class Value>
using Choice = std::pair<Text, Value>;

/// One of a few words.
template <class Value, std::size_t kCount>
Read<void> choose(Value& to, Text value, const std::array<Choice<Value>, kCount>& choices) {
  const auto row = std::ranges::find(choices, value, &Choice<Value>::first);
  if (row == choices.end()) {
    std::string all;
    for (const auto& [word, meaning] : choices) {
      all += fmt::format("{}{}", all.empty() ? "" : ", ", word);
    }
    return std::unexpected{fmt::format("'{}' is none of {}", value, all)};
  }
  to = row->second;
  return {};
}

}  // namespace

Read<void> set_port(Request& to, Text value) {
  return store(to.port, read_port(value, os::service_port));
}

/// MAX[,HERE,NEAR] as traceroute has it. A MAX said outright is also what silence costs: who asks
/// for five seconds has a link where one second is too little.
Read<void> set_wait(Request& to, Text value) {
  const auto parts = split(value, ',');
  if (parts.size() > 3) {
    return std::unexpected{fmt::format("'{}' is not MAX[,HERE,NEAR]", value)};
  }
  const auto max = read_seconds(parts[0]);
  if (!max || *max == Duration::zero()) {
    return std::unexpected{fmt::format("'{}' is not a number of seconds above 0", parts[0])};
  }
  strategy::WaitRule& wait = to.trace.path.wait;
  wait.max = *max;
  wait.silence = *max;
  Read<void> stored;
  if (parts.size() > 1) {
    stored = store(wait.here, read_decimal(parts[1]));
  }
  if (stored && parts.size() > 2) {
    stored = store(wait.near, read_decimal(parts[2]));
  }
  return stored;
}

/// As traceroute has it: a value above 10 can only be meant in milliseconds.
Read<void> set_pacing(Request& to, Text value) {
  const auto gap = read_seconds(value);
  if (!gap) {
    return std::unexpected{gap.error()};
  }
  to.trace.pacing = *gap > std::chrono::seconds{10} ? *gap / 1000 : *gap;
  return {};
}

Read<void> set_flags(Request& to, Text value) {
  return store(to.trace.look.flags, read_flags(value));
}

Read<void> set_ecn_setup(Request& to, Text) {
  to.trace.look.ecn_setup = true;
  return {};
}

Read<void> set_bare(Request& to, Text) {
  to.trace.look.bare = true;
  return {};
}

Read<void> set_dont_fragment(Request& to, Text) {
  to.trace.look.dont_fragment = true;
  return {};
}

Read<void> set_length(Request& to, Text value) {
  return store(to.trace.look.length, read_as<int>(value, kLengthRange));
}

Read<void> set_tos(Request& to, Text value) {
  return store(to.trace.look.tos, read_as<std::uint8_t>(value, {.first = 0, .last = 255}));
}

Read<void> set_dscp(Request& to, Text value) {
  return set_tos_bits(to, static_cast<std::uint8_t>(~kEcnMask), 2, read_dscp(value));
}

Read<void> set_ecn(Request& to, Text value) {
  return set_tos_bits(to, kEcnMask, 0, read_ecn(value));
}

Read<void> set_interface(Request& to, Text value) {
  to.trace.way_out.interface = value;
  return {};
}

Read<void> set_source(Request& to, Text value) {
  const auto address = IpAddress::parse(value);
  if (!address) {
    return std::unexpected{fmt::format("'{}' is not an IP address", value)};
  }
  to.trace.way_out.source = *address;
  return {};
}

Read<void> set_source_port(Request& to, Text value) {
  return store(to.trace.way_out.source_port, read_port_number(value));
}

Read<void> set_mark(Request& to, Text value) {
  constexpr Range kRange{.first = 0, .last = std::numeric_limits<std::uint32_t>::max()};
  return store(to.trace.way_out.mark, read_as<std::uint32_t>(value, kRange));
}

Read<void> set_method(Request& to, Text value) {
  constexpr auto kMethods = std::to_array<Choice<SendMethod>>({
      {"auto", SendMethod::Auto},
      {"raw", SendMethod::Raw},
      {"connect", SendMethod::Connect},
  });
  return choose(to.trace.method, value, kMethods);
}

Read<void> set_seed(Request& to, Text value) {
  constexpr Range kRange{.first = 0, .last = std::numeric_limits<std::uint64_t>::max()};
  return store(to.trace.seed, read_number(value, kRange));
}

Read<void> set_paris(Request& to, Text) {
  to.trace.paris = true;
  return {};
}

Read<void> set_numeric(Request& to, Text) {
  to.trace.names = false;
  return {};
}

Read<void> set_json(Request& to, Text) {
  to.format = Format::Json;
  return {};
}

Read<void> set_color(Request& to, Text value) {
  constexpr auto kWhen = std::to_array<Choice<os::ColorWhen>>({
      {"auto", os::ColorWhen::Auto},
      {"always", os::ColorWhen::Always},
      {"never", os::ColorWhen::Never},
  });
  return choose(to.color, value, kWhen);
}

Read<void> set_pcap(Request& to, Text value) {
  if (value.empty() || value == "-") {
    return std::unexpected{"needs the name of a file"};
  }
  to.trace.pcap = value;
  return {};
}

Read<void> set_debug(Request& to, Text) {
  to.trace.debug = true;
  return {};
}

Read<void> set_where(Request& to, Text) {
  to.scan.where = true;
  return {};
}

Read<void> set_rate(Request& to, Text value) {
  const auto rate = read_decimal(value);
  constexpr double kMost = 10'000'000;
  if (rate && (*rate < 0.01 || *rate > kMost)) {
    return std::unexpected{fmt::format("'{}' is not from 0.01 to 10000000", value)};
  }
  return store(to.scan.rate, rate);
}

Read<void> set_retries(Request& to, Text value) {
  return store(to.scan.retries, read_as<int>(value, {.first = 0, .last = 20}));
}

Read<void> set_yes(Request& to, Text) {
  to.scan.yes = true;
  return {};
}

Read<void> set_csv(Request& to, Text) {
  to.format = Format::Csv;
  return {};
}

}  // namespace synroute::cli
