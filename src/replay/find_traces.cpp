// SPDX-License-Identifier: Apache-2.0
#include "replay/find_traces.hpp"

#include <algorithm>
#include <map>
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
  explicit TraceBuilder(const TraceSpan& span) : span_{span} {
    trace_.key = span.key;
    trace_.first_ttl = span.lowest_ttl;
    trace_.last_ttl = span.highest_ttl;
  }

  void add_probe(CapturedPacket packet) {
    if (is_repeated(packet) || trace_.probes == kProbesPerTrace) {
      return;
    }
    const Port port = packet.datagram.tcp()->header.source_port;
    connected_.erase(port);
    latest_[port] = trace_.packets.size();
    if (trace_.probes++ == 0) {
      trace_.source_port = port;
      trace_.packet_length = packet.datagram.ip.total_length;
    }
    trace_.packets.push_back(
        {.at = packet.at, .datagram = std::move(packet.datagram), .is_probe = true});
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

  void add_answer(CapturedPacket packet) {
    if (trace_.probes > 0) {
      trace_.packets.push_back({.at = packet.at, .datagram = std::move(packet.datagram)});
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
           && packet.datagram == earlier.datagram;
  }

  [[nodiscard]] static int ttl_of(const RecordedPacket& packet) {
    return packet.datagram.ip.ttl.value();
  }
  [[nodiscard]] static Port port_of(const RecordedPacket& packet) {
    return packet.datagram.tcp()->header.source_port;
  }

  [[nodiscard]] std::set<Port> ports_of_hops() const {
    std::set<Port> ports;
    for (const RecordedPacket& packet : trace_.packets) {
      if (packet.is_probe && ttl_of(packet) <= span_.highest_ttl) {
        ports.insert(port_of(packet));
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
      } else if (hop_ports.contains(port_of(packet))) {
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
  PacketSorter(const TraceIndex& index, FoundTraces& found) : index_{index}, found_{found} {
    for (const TraceSpan& span : index.spans()) {
      builders_.emplace_back(span);
    }
  }

  void take(CapturedPacket packet) {
    if (packet.datagram.tcp() != nullptr) {
      take_segment(std::move(packet));
    } else if (quoted_key(packet.datagram)) {
      take_icmp_error(std::move(packet));
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
  void take_segment(CapturedPacket packet) {
    const wire::TcpHeader& header = packet.datagram.tcp()->header;
    const auto forward = index_.at(*forward_key(packet.datagram), packet.at);
    if (forward && is_syn(packet.datagram) && packet.outgoing != false) {
      builders_[*forward].add_probe(std::move(packet));
      return;
    }
    if (forward) {
      builders_[*forward].track_connection(header);
    }
    const auto reverse = index_.at(*reverse_key(packet.datagram), packet.at);
    if (reverse && !builders_[*reverse].is_in_connection(header)) {
      add_answer(*reverse, std::move(packet));
    } else if (!reverse && !forward) {
      ++found_.unrelated;
    }
  }

  /// An ICMP error that quotes a known key belongs to that trace. One that quotes another key may
  /// belong to any trace of the source, since NAT on the path translates addresses.
  void take_icmp_error(CapturedPacket packet) {
    const TraceKey key = *quoted_key(packet.datagram);
    if (index_.has_syn(key)) {
      const auto index = index_.at(key, packet.at);
      found_.unrelated += index ? 0U : 1U;
      if (index) {
        add_answer(*index, std::move(packet));
      }
      return;
    }
    const auto any = index_.of(key.source, packet.at);
    found_.unrelated += any.empty() ? 1U : 0U;
    for (const std::size_t index : any) {
      if (copies_ < kCopiesMax) {
        ++copies_;
        add_answer(index, packet);
      }
    }
  }

  void add_answer(std::size_t index, CapturedPacket packet) {
    found_.truncated += packet.truncated ? 1U : 0U;
    found_.bad_checksum += packet.bad_checksum ? 1U : 0U;
    if (!packet.bad_checksum) {
      builders_[index].add_answer(std::move(packet));
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
  PacketSorter sorter{index, found};
  capture.for_each([&](CapturedPacket packet) { sorter.take(std::move(packet)); });
  sorter.finish();
  return found;
}

}  // namespace synroute::replay
