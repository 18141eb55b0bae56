// SPDX-License-Identifier: Apache-2.0
#include "replay/find.hpp"

#include "replay/trace_index.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace synroute::replay {
namespace {

using wire::TcpFlag;

/// The same packet captured at two places of one host comes twice within this.
constexpr Duration kSamePacket = std::chrono::milliseconds{100};
/// Reports that quote a translated probe go to all traces that they may be about; together so many.
constexpr std::size_t kSpreadMax = 200'000;

/// Puts the packets of one trace together.
class Builder {
 public:
  explicit Builder(const Stretch& stretch) : stretch_{stretch} {
    recording_.course = stretch.course;
    recording_.first_ttl = stretch.lowest_ttl;
    recording_.last_ttl = stretch.highest_ttl;
  }

  void add_probe(Packet packet) {
    if (is_repeated(packet) || recording_.probes == kProbesPerTrace) {
      return;
    }
    const Port port = packet.datagram.tcp()->header.source_port;
    connected_.erase(port);
    latest_[port] = recording_.items.size();
    if (recording_.probes++ == 0) {
      recording_.source_port = port;
      recording_.packet_length = packet.datagram.ip.total_length;
    }
    recording_.items.push_back(
        {.at = packet.at, .datagram = std::move(packet.datagram), .is_probe = true});
  }

  /// An ACK of the source completes a connection: what follows there is no answer to a probe.
  void note_other(const wire::TcpHeader& header) {
    if (header.flags.has(TcpFlag::Ack) && !header.flags.has(TcpFlag::Rst)) {
      connected_.insert(header.source_port);
    }
  }

  [[nodiscard]] bool is_of_connection(const wire::TcpHeader& header) const {
    return !header.flags.has(TcpFlag::Syn) && connected_.contains(header.destination_port);
  }

  void add_answer(Packet packet) {
    if (recording_.probes > 0) {
      recording_.items.push_back({.at = packet.at, .datagram = std::move(packet.datagram)});
    }
  }

  Recording finish() && {
    number_probes();
    return std::move(recording_);
  }

 private:
  [[nodiscard]] bool is_repeated(const Packet& packet) const {
    const auto before = latest_.find(packet.datagram.tcp()->header.source_port);
    if (before == latest_.end()) {
      return false;
    }
    const Item& item = recording_.items[before->second];
    return packet.at.since_1970() - item.at.since_1970() < kSamePacket
           && packet.datagram == item.datagram;
  }

  void number_probes() {
    std::set<Port> ports_of_hops;
    std::map<int, int> attempts;
    const auto ttl_of = [](const Item& item) { return int{item.datagram.ip.ttl.value()}; };
    const auto port_of = [](const Item& item) { return item.datagram.tcp()->header.source_port; };
    for (const Item& item : recording_.items) {
      if (item.is_probe && ttl_of(item) <= stretch_.highest_ttl) {
        ports_of_hops.insert(port_of(item));
      }
    }
    int direct = 0;
    int confirm = 0;
    for (Item& item : recording_.items) {
      if (!item.is_probe) {
        continue;
      }
      if (ttl_of(item) <= stretch_.highest_ttl) {
        item.attempt = ++attempts[ttl_of(item)];
      } else if (ports_of_hops.contains(port_of(item))) {
        item.role = model::ProbeRole::Confirm;
        item.attempt = ++confirm;
      } else {
        item.role = model::ProbeRole::Direct;
        item.attempt = ++direct;
      }
    }
    // A neighbour is asked once on the path by synroute, and for the rest from other ports.
    const int first = attempts[stretch_.lowest_ttl];
    recording_.queries = first == 1 && ports_of_hops.size() == 1 ? 1 + direct : first;
  }

  const Stretch& stretch_;
  Recording recording_;
  std::map<Port, std::size_t> latest_;  ///< the last probe from a source port, by item
  std::set<Port> connected_;
};

/// Gives each packet to the trace it belongs to.
class Sorter {
 public:
  Sorter(const TraceIndex& courses, Found& found) : courses_{courses}, found_{found} {
    for (const Stretch& stretch : courses.stretches()) {
      builders_.emplace_back(stretch);
    }
  }

  void take(Packet packet) {
    if (packet.datagram.tcp() != nullptr) {
      take_segment(std::move(packet));
    } else if (quoted(packet.datagram)) {
      take_report(std::move(packet));
    } else {
      ++found_.foreign;
    }
  }

  void finish() {
    for (Builder& builder : builders_) {
      found_.traces.push_back(std::move(builder).finish());
    }
  }

 private:
  void take_segment(Packet packet) {
    const wire::TcpHeader& header = packet.datagram.tcp()->header;
    const auto out = courses_.at(*outward(packet.datagram), packet.at);
    if (out && is_syn(packet.datagram) && packet.outgoing != false) {
      builders_[*out].add_probe(std::move(packet));
      return;
    }
    if (out) {
      builders_[*out].note_other(header);
    }
    const auto home = courses_.at(*homeward(packet.datagram), packet.at);
    if (home && !builders_[*home].is_of_connection(header)) {
      answer(*home, std::move(packet));
    } else if (!home && !out) {
      ++found_.foreign;
    }
  }

  /// A report about a known course is of that; one that quotes another may be of any of the source:
  /// boxes on the way translate addresses.
  void take_report(Packet packet) {
    const Course course = *quoted(packet.datagram);
    if (courses_.knows(course)) {
      const auto index = courses_.at(course, packet.at);
      found_.foreign += index ? 0U : 1U;
      if (index) {
        answer(*index, std::move(packet));
      }
      return;
    }
    const auto any = courses_.of(course.source, packet.at);
    found_.foreign += any.empty() ? 1U : 0U;
    for (const std::size_t index : any) {
      if (spread_ < kSpreadMax) {
        ++spread_;
        answer(index, packet);
      }
    }
  }

  void answer(std::size_t index, Packet packet) {
    found_.cut += packet.cut ? 1U : 0U;
    found_.damaged += packet.damaged ? 1U : 0U;
    if (!packet.damaged) {
      builders_[index].add_answer(std::move(packet));
    }
  }

  const TraceIndex& courses_;
  Found& found_;
  std::vector<Builder> builders_;
  std::size_t spread_ = 0;
};

}  // namespace

Found find_traces(const Capture& capture, const Choice& wanted) {
  const TraceIndex courses{capture, wanted};
  Found found;
  found.not_wanted = courses.not_wanted();
  found.too_many = courses.too_many();
  found.connects = courses.connects();
  Sorter sorter{courses, found};
  capture.for_each([&](Packet packet) { sorter.take(std::move(packet)); });
  sorter.finish();
  return found;
}

}  // namespace synroute::replay
