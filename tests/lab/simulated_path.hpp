// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet_bytes.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <vector>

namespace synroute::lab {

/// What the ICMP errors of a rewriting path quote instead of what was sent, as NATs without
/// fix-up, load balancers and firewalls do. Several may hold at once.
struct QuoteRewrite {
  bool ip_id = false;          ///< another IP ID (scrubbers)
  bool ip_id_swapped = false;  ///< the IP ID in host order
  bool sequence = false;       ///< another TCP sequence number (ISN randomisers)
  bool source = false;         ///< the translated source address
  bool source_port = false;    ///< the translated source port
  bool short_quote = false;    ///< IP header and 8 bytes only (RFC 792)
};

/// How the target's resets look on a closed port.
enum class ResetShape {
  Standard,    ///< RST|ACK, seq 0, ack = seq + length (RFC 9293)
  WithoutAck,  ///< RST alone, the acknowledgement number filled in all the same
  Blank,       ///< RST alone, both numbers zero: it names no probe at all
};

/// One straight path: `hops` routers, then one host.
struct PathOptions {
  int hops = 8;
  std::chrono::microseconds per_hop{4000};  ///< router n answers after base + n times this
  std::chrono::microseconds base{0};
  std::set<int> silent;  ///< routers that forward but never report
  int drop_after = 0;    ///< nothing passes this router; 0 = all passes
  int dnat_at = 0;       ///< from this router on, errors bear the target's address
  int mpls_at = 0;       ///< this router reports a label (RFC 4950)
  int rewrite_from = 3;  ///< first router behind the rewriting box
  QuoteRewrite rewrite;
  ResetShape reset = ResetShape::Standard;
  std::set<int> open{443};
  std::set<int> closed{80};     ///< any other port is dropped by the host
  std::array<Bytes, 2> target;  ///< IPv4 and IPv6 address of the host
  std::array<Bytes, 2> router;  ///< address of router 0; router n adds n (see below)
};

/// A datagram and how long after the question it arrives.
struct Answer {
  std::chrono::microseconds after;
  Bytes packet;
};

/// What the host's TCP says.
struct Segment {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledges = 0;
  std::uint8_t flags = 0;
  Bytes options{};
};

/// The path itself: a question in, at most one answer out. Holds no state between questions.
class SimulatedPath {
 public:
  explicit SimulatedPath(PathOptions options);

  /// What comes back for `packet`, or nothing (dropped, silent, or not for the target).
  [[nodiscard]] std::optional<Answer> answer(View packet) const;

 private:
  [[nodiscard]] Bytes router_address(int hop, bool is_v6) const;
  [[nodiscard]] Bytes quote_of(View packet, const Layout& layout, int hop) const;
  [[nodiscard]] Bytes time_exceeded(View packet, const Layout& layout, int hop) const;
  [[nodiscard]] std::optional<Segment> reply_to(View tcp) const;
  [[nodiscard]] std::optional<Bytes> from_target(View packet, const Layout& layout) const;

  PathOptions options_;
};

}  // namespace synroute::lab
