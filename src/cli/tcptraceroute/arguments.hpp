// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "cli/command_line.hpp"
#include "cli/early_exit.hpp"
#include "cli/target.hpp"
#include "present/tcptraceroute/tcptraceroute_row.hpp"
#include "tracer/request/trace_request.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace synroute::cli {

/// What the meaning of a tcptraceroute command line depends on besides its words.
struct TcptracerouteSetting {
  std::string_view program = "tcptraceroute";  ///< as called, for the usage
  bool posixly_correct = false;                ///< no options behind the first operand
  /// -p, -P and -s are for users who may send any packet without this program, not for users of a
  /// set-uid installation.
  bool may_choose_source = true;
  ServicePorts services;
};

/// A tcptraceroute command line. Numbers are as typed, however large: like tcptraceroute, their
/// ranges are checked only once the target is known.
struct TcptracerouteArguments {
  std::string host;
  Port port{80};

  tracer::HopNames names = tracer::HopNames::Public;
  std::uint64_t first_ttl = 1;
  std::uint64_t last_ttl = 30;
  std::uint64_t queries = 3;
  Duration wait = std::chrono::seconds{3};
  std::uint64_t length = 0;  ///< 0: the shortest
  std::uint64_t tos = 0;
  bool dont_fragment = false;
  bool syn = false;
  bool ack = false;
  bool ecn = false;
  std::optional<std::uint64_t> local_port;
  bool take_port = false;  ///< -P: even if another program holds it
  std::string source;
  std::string device;
  bool debug = false;

  present::DnatDisplay dnat = present::DnatDisplay::Accept;
  bool track_port = false;
  bool any_icmp = false;

  // Additions to tcptraceroute.
  std::optional<Family> family;
  bool os_syn = false;
  bool sequential = false;
};

/// Reads the arguments as tcptraceroute does: long options first, spelled in full and in any place,
/// then letters as getopt(3) does.
[[nodiscard]] std::expected<TcptracerouteArguments, EarlyExit> read_tcptraceroute(
    Words words, const TcptracerouteSetting& setting);

/// The first number out of range, in the order and words of tcptraceroute; nothing when all are
/// valid.
[[nodiscard]] std::optional<std::string> range_error(const TcptracerouteArguments& arguments);

/// What -d writes before anything else.
[[nodiscard]] std::string_view tcptraceroute_debug_banner();

}  // namespace synroute::cli
