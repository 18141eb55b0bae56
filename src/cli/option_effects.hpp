// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/request.hpp"
#include "cli/value.hpp"

#include <string_view>

namespace synroute::cli {

// What the rows of the option table do with their value. Each has the form of Option::Effect.

/// Stores what was read, or hands on why it could not be.
template <class To, class Value>
Read<void> store(To& to, const Read<Value>& value) {
  if (!value) {
    return std::unexpected{value.error()};
  }
  to = *value;
  return {};
}

/// A switch of the request.
template <bool Request::* kMember>
Read<void> set_switch(Request& to, std::string_view) {
  to.*kMember = true;
  return {};
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

/// Adds TCP flags to those said so far; the first one replaces the default.
template <std::uint16_t kBits>
Read<void> add_flags(Request& to, std::string_view) {
  auto& flags = to.trace.look.flags;
  flags = flags.value_or(wire::TcpFlags{}) | wire::TcpFlags{kBits};
  return {};
}

Read<void> set_port(Request& to, std::string_view value);
Read<void> set_wait(Request& to, std::string_view value);
Read<void> set_pacing(Request& to, std::string_view value);
Read<void> set_flags(Request& to, std::string_view value);
Read<void> set_ecn_setup(Request& to, std::string_view value);
Read<void> set_bare(Request& to, std::string_view value);
Read<void> set_dont_fragment(Request& to, std::string_view value);
Read<void> set_length(Request& to, std::string_view value);
Read<void> set_tos(Request& to, std::string_view value);
Read<void> set_dscp(Request& to, std::string_view value);
Read<void> set_ecn(Request& to, std::string_view value);
Read<void> set_interface(Request& to, std::string_view value);
Read<void> set_source(Request& to, std::string_view value);
Read<void> set_source_port(Request& to, std::string_view value);
Read<void> set_mark(Request& to, std::string_view value);
Read<void> set_method(Request& to, std::string_view value);
Read<void> set_seed(Request& to, std::string_view value);
Read<void> set_paris(Request& to, std::string_view value);
Read<void> set_numeric(Request& to, std::string_view value);
Read<void> set_json(Request& to, std::string_view value);
Read<void> set_color(Request& to, std::string_view value);
Read<void> set_pcap(Request& to, std::string_view value);
Read<void> set_debug(Request& to, std::string_view value);
Read<void> set_where(Request& to, std::string_view value);
Read<void> set_rate(Request& to, std::string_view value);
Read<void> set_retries(Request& to, std::string_view value);
Read<void> set_yes(Request& to, std::string_view value);
Read<void> set_csv(Request& to, std::string_view value);

}  // namespace synroute::cli
