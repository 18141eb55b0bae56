// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "sim/port_set.hpp"
#include "sim/reject.hpp"
#include "wire/icmp.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

/// The settings of links, hosts and routers: plain values, filled by the scenario reader or a test.
namespace synroute::sim {

using namespace std::chrono_literals;

class BoxSpec;

/// One direction of a link.
struct LinkSettings {
  Duration delay = 1ms;
  Duration jitter{};  ///< added delay, uniform in [0, jitter]
  double loss = 0;
  double duplicate = 0;
  double reorder = 0;  ///< share of packets held back by `reorder_by`
  Duration reorder_by = 10ms;
  double corrupt = 0;  ///< share of packets with one flipped bit after the IP header
  std::size_t mtu = 1500;
  [[nodiscard]] bool is_plain() const {
    return jitter == Duration{} && loss == 0 && duplicate == 0 && reorder == 0 && corrupt == 0;
  }
};

/// What a router hashes to choose among equal next hops.
enum class Balance : std::uint8_t {
  Flow,         ///< addresses, protocol, ports (RFC 2992; Linux fib_multipath_hash_policy 1)
  Destination,  ///< addresses only (Linux policy 0)
  Label,        ///< addresses and IPv6 flow label (RFC 6438); IPv4 as Flow
  Packet,       ///< round robin
};

/// The rate limit of a node's ICMP errors.
struct IcmpLimit {
  enum class Kind : std::uint8_t {
    None,
    Linux,   ///< icmp_ratelimit: 6 in a burst, then 1/s (IPv6 10/s), per destination; 1000/s in all
    Ios,     ///< unreachables one per 500 ms; time exceeded free
    Junos,   ///< time exceeded 500/s, unreachables 1000/s with a bucket of 5 s
    Nokia,   ///< time exceeded 100 per 10 s, unreachables 10 per 60 s
    Bucket,  ///< `burst`, then one per `interval`, all destinations together
  };
  Kind kind = Kind::None;
  int burst = 6;
  Duration interval = 1s;
};

/// Whether an ICMP error has an RFC 4884 extension structure, and the value of its length field.
enum class ExtensionLength : std::uint8_t {
  None,   ///< no extension structure
  Right,  ///< the length of the padded original datagram
  Zero,   ///< 0, with the structure at byte 128 (before RFC 4884)
  Wrong,  ///< `wrong_length`, with the structure at byte 128
};

/// The form of the ICMP errors a node sends.
struct ErrorStyle {
  /// Bytes quoted after the IP header; absent: all that the standard allows (576 bytes in all for
  /// IPv4, RFC 1812 §4.3.2.3; 1280 for IPv6, RFC 4443 §2.4).
  std::optional<std::size_t> quote;
  ExtensionLength extension = ExtensionLength::None;
  std::uint8_t wrong_length = 17;
  std::uint8_t initial_ttl = 255;
  bool zero_inner_checksum = false;  ///< the quoted IPv4 header checksum is zeroed
};

/// Which of its addresses a router puts into its ICMP errors.
enum class ReplySource : std::uint8_t {
  Incoming,  ///< the interface the probe came in by (RFC 1812 §4.3.2.4 allows; most routers)
  Outgoing,  ///< the interface towards the prober (Linux without icmp_errors_use_inbound_ifaddr)
  Loopback,  ///< the router's own address
};

/// How a host's RST answers a SYN to a closed port.
enum class ResetStyle : std::uint8_t {
  Normal,   ///< RST|ACK, ack = seq + len (RFC 9293 §3.10.7.1)
  NoAck,    ///< RST alone, ack field 0
  AckSame,  ///< RST|ACK, ack = seq
};

/// How long a router asks for a neighbour before it reports it unreachable: three requests of
/// Linux, one second apart.
constexpr Duration kNeighbourTimeout = 3060ms;

/// A host's TCP, UDP and ICMP. Defaults are Linux'.
struct HostSettings {
  PortSet open;
  PortSet closed;    ///< beats `filtered`
  PortSet filtered;  ///< dropped silently by the host's own firewall
  struct Rejected {
    PortSet ports;
    Reject kind = Reject::Port;
  };
  std::vector<Rejected> rejected;
  PortSet udp_open;  ///< UDP ports that echo
  bool answers_echo = true;

  std::uint8_t initial_ttl = 64;
  ResetStyle reset = ResetStyle::Normal;
  bool drops_bare_syn = false;   ///< ignores SYNs without options
  bool resets_last_ttl = false;  ///< answers a SYN that arrives with TTL 1 with a RST
  bool timestamps = true;
  bool sack = true;
  std::optional<std::uint8_t> window_scale = std::uint8_t{7};
  std::uint16_t mss = 0;       ///< 0: link MTU less headers
  std::uint16_t window = 0;    ///< 0: as many whole segments as fit in 65535
  bool ecn = true;             ///< accepts ECN when requested (tcp_ecn 2)
  std::size_t backlog = 4096;  ///< half-open connections that are kept
  bool cookies = true;         ///< beyond the backlog: stateless SYN|ACKs; else no answer
  double syn_rate = 0;         ///< SYNs per second that are processed; 0: all
  Duration answer_delay{};
  bool down = false;  ///< answers nothing, not even ARP: the last router reports it unreachable
  IcmpLimit limit{IcmpLimit::Kind::Linux, 6, 1s};
  ErrorStyle error{.initial_ttl = 64};
};

struct RouterSettings {
  bool silent = false;
  double answers = 1;  ///< share of errors it sends
  IcmpLimit limit;
  Duration slow_least{};  ///< delay of an ICMP error: uniform between the two
  Duration slow_most{};
  ErrorStyle error;
  std::vector<wire::MplsLabel> labels;  ///< shown in its errors (RFC 4950)
  bool interface_info = false;          ///< shows the incoming interface (RFC 5837)
  ReplySource reply_from = ReplySource::Incoming;
  Balance balance = Balance::Flow;
  bool forwards_zero_ttl = false;  ///< forwards TTL 1 as 0
  bool keeps_ttl = false;          ///< does not decrement: invisible to traces
  /// In the order packets from the prober meet them.
  std::vector<std::shared_ptr<const BoxSpec>> boxes;
};

}  // namespace synroute::sim
