// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/native/request.hpp"
#include "cli/value.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace synroute::cli {

// What the effects of option rows have in common.

/// Stores a value that was read, or returns why it could not be.
template <class To, class Value>
Read<void> store(To& to, const Read<Value>& value) {
  if (!value) {
    return std::unexpected{value.error()};
  }
  to = *value;
  return {};
}

/// Turns a switch on.
inline Read<void> turn_on(bool& to) {
  to = true;
  return {};
}

/// A switch of the request.
template <bool Request::* kMember>
Read<void> set_switch(Request& to, std::string_view) {
  return turn_on(to.*kMember);
}

/// A switch of the probe options.
template <bool tracer::ProbeOptions::* kMember>
Read<void> set_probe_switch(Request& to, std::string_view) {
  return turn_on(to.trace.probe.*kMember);
}

/// A whole number of the path options.
template <int strategy::TraceOptions::* kMember, std::uint64_t kFirst, std::uint64_t kLast>
Read<void> set_path_number(Request& to, std::string_view value) {
  return store(to.trace.path.*kMember, read_as<int>(value, {.first = kFirst, .last = kLast}));
}

template <Family kFamily>
Read<void> set_family(Request& to, std::string_view) {
  to.trace.family = kFamily;
  return {};
}

/// Adds TCP flags to those given so far; the first one replaces the default.
template <wire::TcpFlag kFlag>
Read<void> add_flag(Request& to, std::string_view) {
  auto& flags = to.trace.probe.flags;
  flags = flags.value_or(wire::TcpFlags{}) | wire::TcpFlags{kFlag};
  return {};
}

/// The bits of the TOS byte in `mask` become `value`, shifted left.
Read<void> set_tos_bits(Request& to, std::uint8_t mask, int shift, const Read<std::uint8_t>& value);

/// "a, b and c" when the last separator is " and ".
std::string listed(std::span<const std::string_view> words, std::string_view last_separator);
/// "a, b or c".
std::string alternatives(std::span<const std::string_view> words);

/// The index of `value` among words separated by blanks, or an error that lists them.
Read<std::size_t> read_choice(std::string_view value, std::string_view words);

/// The choice that stands where `value` stands among the words.
template <class Choice, std::size_t kCount>
Read<void> choose(
    Choice& to,
    std::string_view value,
    std::string_view words,
    const std::array<Choice, kCount>& choices) {
  const auto index = read_choice(value, words);
  if (!index) {
    return std::unexpected{index.error()};
  }
  to = choices[*index];
  return {};
}

}  // namespace synroute::cli
