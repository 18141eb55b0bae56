// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "cli/scan_request.hpp"
#include "cli/target.hpp"
#include "os/network/neighbour.hpp"
#include "os/terminal.hpp"
#include "strategy/path/trace_options.hpp"
#include "wire/tcp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace synroute::cli {

/// How probes leave this host.
struct WayOut {
  std::string interface;  ///< name; empty: as routed
  std::optional<IpAddress> source;
  std::optional<Port> source_port;
  std::uint32_t mark = 0;                 ///< SO_MARK; 0: none
  std::optional<os::Neighbour> next_hop;  ///< absent: as the routes say
};

/// What a probe looks like.
struct ProbeLook {
  std::optional<wire::TcpFlags> flags;  ///< absent: SYN
  bool ecn_setup = false;               ///< ECE and CWR as well: an ECN-setup SYN, RFC 3168 §6.1.1
  bool bare = false;                    ///< no TCP options, as tcptraceroute sends
  bool dont_fragment = false;
  std::uint8_t tos = 0;
  std::optional<int> length;  ///< of the whole IP packet; absent: the headers only
};

/// How probes are sent: whole packets (needs CAP_NET_RAW), or connect() calls, which anybody may
/// make. Auto: the first that is permitted.
enum class SendMethod : std::uint8_t { Auto, Raw, Connect };

/// What is traced, and how: one value, whatever syntax it was said in.
struct TraceRequest {
  std::vector<TargetSpec> targets;
  std::optional<Family> family;
  WayOut way_out;
  SendMethod method = SendMethod::Auto;
  bool paris = false;  ///< with connect(): all probes from one source port, one at a time
  ProbeLook look;
  strategy::TraceOptions path;
  Duration pacing = std::chrono::microseconds{50};
  std::optional<std::uint64_t> seed;  ///< absent: from the operating system
  bool names = true;                  ///< look up the names of hops
  bool debug = false;                 ///< one line per packet on stderr
  std::string pcap;                   ///< file to write what passes to; empty: none
};

enum class Format : std::uint8_t { Text, Json, Csv };

/// What the native command line asked for.
struct Request {
  TraceRequest trace;
  std::optional<Port> port;  ///< -p: for targets that name none
  Format format = Format::Text;
  os::ColorWhen color = os::ColorWhen::Auto;
  ScanSettings scan;
  bool list = false;  ///< demo --list
  bool help = false;
  bool version = false;
};

}  // namespace synroute::cli
