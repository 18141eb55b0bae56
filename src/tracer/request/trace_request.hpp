// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "engine/settings.hpp"
#include "os/network/neighbour.hpp"
#include "strategy/path/trace_options.hpp"
#include "wire/tcp.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace synroute::tracer {

/// Port of targets that name none; both ancestors use it.
inline constexpr Port kDefaultPort{80};

/// The address of a target and how packets get there.
struct TargetRoute {
  IpAddress target;
  IpAddress source;
  std::string interface;
  std::size_t mtu = 0;               ///< bytes; 0: unknown
  std::optional<IpAddress> gateway;  ///< absent: the target is a neighbour, this host, or unknown
};

/// One target as the user named it.
struct TargetRequest {
  std::string input;                 ///< as typed
  std::string host;                  ///< a name, or an address without brackets and zone
  std::optional<IpAddress> address;  ///< when `host` is an address
  std::string zone;                  ///< the part after "%": name or number of an interface
  std::optional<Port> port;          ///< absent: kDefaultPort
  bool port_implied = false;         ///< by the scheme of a URL: an explicit port overrides it
  std::optional<TargetRoute> route;  ///< when the caller has looked it up already
};

/// Where probes leave this host.
struct SourceOptions {
  std::string interface;  ///< name; empty: as routed
  std::optional<IpAddress> address;
  std::optional<Port> port;
  std::uint32_t mark = 0;                 ///< SO_MARK; 0: none
  std::optional<os::Neighbour> next_hop;  ///< absent: as routed
};

/// The headers of a probe.
struct ProbeOptions {
  std::optional<wire::TcpFlags> flags;  ///< absent: SYN
  bool ecn_setup = false;               ///< also ECE and CWR: an ECN-setup SYN, RFC 3168 §6.1.1
  bool bare = false;                    ///< no TCP options, as tcptraceroute sends
  bool dont_fragment = false;
  std::uint8_t tos = 0;
  std::optional<int> length;  ///< bytes of the whole IP packet; absent: the headers only
  std::optional<engine::ProbeShape> shape;  ///< replaces everything above
};

/// How probes are sent: whole packets (needs CAP_NET_RAW), or connect() calls, which need no
/// permission. Auto: raw packets where permitted, else connect().
enum class SendMethod : std::uint8_t { Auto, Raw, Connect };

/// Which reverse names are looked up. Public leaves out the addresses of RFC 1918.
enum class HopNames : std::uint8_t { None, Public, All };

/// What is traced, and how, whatever syntax or program asked for it.
struct TraceRequest {
  std::vector<TargetRequest> targets;
  /// Further targets, one at a time; nothing after the last. Empty: there are no others.
  std::function<std::optional<TargetRequest>()> more_targets;
  std::size_t parallel = 512;  ///< traces under way at once, at most
  std::optional<Family> family;
  SourceOptions source;
  SendMethod method = SendMethod::Auto;
  /// What in this request requires raw packets, as the user wrote it ("--length"); empty: nothing.
  std::string requires_raw;
  bool paris = false;  ///< with connect(): all probes from one source port, one at a time
  ProbeOptions probe;
  strategy::TraceOptions path;
  std::vector<Port> scan_ports;  ///< probed on every target instead of its own port
  Duration pacing = std::chrono::microseconds{50};
  std::optional<std::size_t> probes_max;  ///< per target; absent: the engine's default
  std::optional<std::uint64_t> seed;      ///< absent: from the operating system or the scenario
  HopNames names = HopNames::All;
  bool report_packets = false;  ///< presenters are told every packet
};

}  // namespace synroute::tracer
