// SPDX-License-Identifier: Apache-2.0
#include "replay/find_traces.hpp"

#include "replay/packet_keys.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace synroute::replay {
namespace {

using wire::TcpFlag;

/// A packet captured on two interfaces of a host appears twice within this time.
constexpr Duration kSamePacket = std::chrono::milliseconds{100};
/// Limits the copies made of ICMP errors that quote a translated probe: each goes to every trace it
/// may belong to.
constexpr std::size_t kCopiesMax = 200'000;

/// Collects the packets of one trace.
class TraceBuilder {
 public:
  TraceBuilder(const TraceSpan& span, std::shared_ptr<const PacketStore> store) : span_{span} {
    trace_.store = std::move(store);
    trace_.key = span.key;
    trace_.first_ttl = span.lowest_ttl;
    trace_.last_ttl = span.highest_ttl;
  }

  void add_probe(const CapturedPacket& packet) {
    if (is_repeated(packet) || trace_.probes == kProbesPerTrace) {
      return;
    }
    const wire::TcpHeader& header = packet.datagram.tcp()->header;
    const Port port = header.source_port;
    connected_.erase(port);
    latest_[port] = trace_.packets.size();
    if (trace_.probes++ == 0) {
      trace_.source_port = port;
      trace_.packet_length = packet.datagram.ip.total_length;
    }
    trace_.packets.push_back(
        {.at = packet.at,
         .bytes = packet.bytes,
         .sequence = header.sequence,
         .source_port = port,
         .ttl = packet.datagram.ip.ttl,
         .is_probe = true});
  }

  /// An ACK from the prober completes a connection: later segments of it answer no probe.
  void track_connection(const wire::TcpHeader& header) {
    if (header.flags.has(TcpFlag::Ack) && !header.flags.has(TcpFlag::Rst)) {
      connected_.insert(header.source_port);
    }
  }

  [[nodiscard]] bool is_in_connection(const wire::TcpHeader& header) const {
    return !header.flags.has(TcpFlag::Syn) && connected_.contains(header.destination_port);
  }

  void add_answer(const CapturedPacket& packet) {
    if (trace_.probes > 0) {
      trace_.packets.push_back({.at = packet.at, .bytes = packet.bytes});
    }
  }

  RecordedTrace finish() && {
    number_probes();
    return std::move(trace_);
  }

 private:
  [[nodiscard]] bool is_repeated(const CapturedPacket& packet) const {
    const auto before = latest_.find(packet.datagram.tcp()->header.source_port);
    if (before == latest_.end()) {
      return false;
    }
    const RecordedPacket& earlier = trace_.packets[before->second];
    return packet.at.since_1970() - earlier.at.since_1970() < kSamePacket
           && packet.datagram == earlier.datagram();
  }

  [[nodiscard]] static int ttl_of(const RecordedPacket& packet) { return packet.ttl.value(); }
  [[nodiscard]] std::set<Port> ports_of_hops() const {
    std::set<Port> ports;
    for (const RecordedPacket& packet : trace_.packets) {
      if (packet.is_probe && ttl_of(packet) <= span_.highest_ttl) {
        ports.insert(packet.source_port);
      }
    }
    return ports;
  }

  void number_probes() {
    const std::set<Port> hop_ports = ports_of_hops();
    std::map<int, int> attempts;
    int direct = 0;
    int confirm = 0;
    for (RecordedPacket& packet : trace_.packets) {
      if (!packet.is_probe) {
        continue;
      }
      if (ttl_of(packet) <= span_.highest_ttl) {
        packet.attempt = ++attempts[ttl_of(packet)];
      } else if (hop_ports.contains(packet.source_port)) {
        packet.role = model::ProbeRole::Confirm;
        packet.attempt = ++confirm;
      } else {
        packet.role = model::ProbeRole::Direct;
        packet.attempt = ++direct;
      }
    }
    // For a target at the first TTL, synroute sends one Hop probe and the rest as Direct ones.
    const int first = attempts[span_.lowest_ttl];
    trace_.queries = first == 1 && hop_ports.size() == 1 ? 1 + direct : first;
  }

  const TraceSpan& span_;
  RecordedTrace trace_;
  std::map<Port, std::size_t> latest_;  ///< index of the last probe from each source port
  std::set<Port> connected_;
};

/// Assigns packets to traces.
class PacketSorter {
 public:
  PacketSorter(const TraceIndex& index, const Capture& capture, FoundTraces& found)
      : index_{index}, found_{found} {
    for (const TraceSpan& span : index.spans()) {
      builders_.emplace_back(span, capture.store());
    }
  }

  void take(const CapturedPacket& packet) {
    if (packet.datagram.tcp() != nullptr) {
      take_segment(packet);
    } else if (quoted_key(packet.datagram)) {
      take_icmp_error(packet);
    } else {
      ++found_.unrelated;
    }
  }

  void finish() {
    for (TraceBuilder& builder : builders_) {
      found_.traces.push_back(std::move(builder).finish());
    }
  }

 private:
  /// The trace of a connection; of several that its port does not tell apart, the latest.
  [[nodiscard]] std::optional<std::size_t> trace_of(
      const ConnectionKey& connection, WallTime when) const {
    const auto traces = index_.at(connection.key, connection.port, when);
    return traces.empty() ? std::nullopt : std::optional{traces.front()};
  }

  void take_segment(const CapturedPacket& packet) {
    const wire::TcpHeader& header = packet.datagram.tcp()->header;
    const auto forward = trace_of(*forward_key(packet.datagram), packet.at);
    if (is_syn(packet.datagram) && packet.datagram.ip.ttl == Ttl{0}) {
      ++found_.ttl_zero;
      return;
    }
    if (forward && is_syn(packet.datagram) && packet.outgoing != false) {
      builders_[*forward].add_probe(packet);
      return;
    }
    if (forward) {
      builders_[*forward].track_connection(header);
    }
    const auto reverse = trace_of(*reverse_key(packet.datagram), packet.at);
    if (reverse && !builders_[*reverse].is_in_connection(header)) {
      add_answer(*reverse, packet);
    } else if (!reverse && !forward) {
      ++found_.unrelated;
    }
  }

  /// An ICMP error that quotes a known key belongs to that trace. One that quotes another key may
  /// belong to any trace of the source, since NAT on the path translates addresses.
  void take_icmp_error(const CapturedPacket& packet) {
    const ConnectionKey quoted = *quoted_key(packet.datagram);
    const auto traces = index_.has_syn(quoted.key) ? index_.at(quoted.key, quoted.port, packet.at)
                                                   : index_.of(quoted.key.source, packet.at);
    found_.unrelated += traces.empty() ? 1U : 0U;
    for (const std::size_t index : traces) {
      if (traces.size() == 1 || copies_ < kCopiesMax) {
        copies_ += traces.size() == 1 ? 0U : 1U;
        add_answer(index, packet);
      }
    }
  }

  void add_answer(std::size_t index, const CapturedPacket& packet) {
    found_.truncated += packet.truncated ? 1U : 0U;
    found_.bad_checksum += packet.bad_checksum ? 1U : 0U;
    if (!packet.bad_checksum) {
      builders_[index].add_answer(packet);
    }
  }

  const TraceIndex& index_;
  FoundTraces& found_;
  std::vector<TraceBuilder> builders_;
  std::size_t copies_ = 0;
};

}  // namespace

FoundTraces find_traces(const Capture& capture, const TraceFilter& wanted) {
  const TraceIndex index{capture, wanted};
  FoundTraces found;
  found.excluded = index.excluded();
  found.over_limit = index.over_limit();
  found.connection_syns = index.connection_syns();
  found.expired_data = index.expired_data();
  found.unrelated = capture.statistics().unrelated;
  PacketSorter sorter{index, capture, found};
  capture.for_each([&](const CapturedPacket& packet) { sorter.take(packet); });
  sorter.finish();
  return found;
}

}  // namespace synroute::replay
