// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/capture.hpp"
#include "replay/data_probes.hpp"
#include "replay/packet_keys.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace synroute::replay {

/// What all SYNs of one tool have in common: length, the kinds of TCP options, don't fragment.
using SynForm = std::uint64_t;
[[nodiscard]] SynForm form_of(const wire::Datagram& syn);

/// A SYN that may be a probe.
struct Syn {
  WallTime at;
  int ttl = 0;
  Port port;  ///< of the prober
  SynForm form = 0;
};

/// What a capture says of the connection that a SYN with a small TTL began.
struct ConnectionUse {
  bool exceeded = false;      ///< a router reported it
  bool acknowledged = false;  ///< the prober completed it
  bool closed = false;        ///< the prober reset or closed it
  bool sent_data = false;

  /// Tools leave connections unused; mtr completes and closes them.
  [[nodiscard]] bool is_ordinary() const {
    return !exceeded && (sent_data || (acknowledged && !closed));
  }
};

/// What the first pass through a capture collects: SYNs by key, and the use of their connections.
class ProbeCandidates {
 public:
  explicit ProbeCandidates(const Capture& capture);

  [[nodiscard]] const std::map<TraceKey, std::vector<Syn>>& syns() const { return syns_; }
  /// True for SYNs with small TTLs that began a connection in use, such as a BGP session with TTL 1
  /// (RFC 4271 peers are neighbours).
  [[nodiscard]] bool is_ordinary(const TraceKey& key, const Syn& syn) const;
  /// Whether a router reported a probe of this key as exceeded.
  [[nodiscard]] bool was_exceeded(const TraceKey& key) const { return exceeded_.contains(key); }
  [[nodiscard]] std::vector<ExpiredData> take_expired_data() { return data_.take(); }

 private:
  void note(const CapturedPacket& packet);
  void note_syn(const CapturedPacket& packet);
  void note_segment(const wire::Datagram& datagram);

  std::map<TraceKey, std::vector<Syn>> syns_;
  std::map<ConnectionKey, ConnectionUse> uses_;  ///< of SYNs with small TTLs
  std::set<TraceKey> exceeded_;
  DataProbes data_;
};

}  // namespace synroute::replay
