// SPDX-License-Identifier: Apache-2.0
#include "replay/packet_log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace synroute::replay {
namespace {

/// Kernel timestamps of sent packets arrive within milliseconds, or never.
constexpr Duration kTimestampDelayMax = std::chrono::seconds{1};

}  // namespace

PacketLog::PacketLog(WallTime epoch, ByteSink sink) : epoch_{epoch}, sink_{std::move(sink)} {
  writer_.take();
}

PacketLog::~PacketLog() {
  write_settled(Instant{Duration::max()});
}

void PacketLog::add_outgoing(seam::Token token, std::vector<std::uint8_t> packet) {
  departures_[token].push_back({.packet = std::move(packet), .at = std::nullopt});
}

void PacketLog::confirm_sent(seam::Token token, Instant at) {
  const auto found = departures_.find(token);
  if (found == departures_.end() || found->second.empty()) {
    return;
  }
  std::deque<Departure>& same = found->second;
  const auto fresh =
      std::ranges::find_if(same, [](const Departure& each) { return !each.at.has_value(); });
  if (fresh != same.end()) {
    fresh->at = at;
  } else {
    entries_.push_back({.at = at, .packet = std::move(same.front().packet)});
    same.pop_front();
  }
  write_settled(at);
}

void PacketLog::drop_outgoing(seam::Token token) {
  const auto found = departures_.find(token);
  if (found != departures_.end()) {
    std::deque<Departure>& same = found->second;
    const auto fresh =
        std::ranges::find_if(same, [](const Departure& each) { return !each.at.has_value(); });
    if (fresh != same.end()) {
      same.erase(fresh);
    }
  }
}

void PacketLog::add_received(Instant at, std::span<const std::uint8_t> packet) {
  entries_.push_back({.at = at, .packet = {packet.begin(), packet.end()}});
  write_settled(at);
}

/// Writes the packets older than kTimestampDelayMax.
void PacketLog::write_settled(Instant now) {
  newest_ = std::max(newest_, now);
  constexpr std::size_t kEnough = 256;  // makes a pass over all entries worthwhile
  const bool ends = newest_.since_start() == Duration::max();
  if (!ends && entries_.size() + departures_.size() < kEnough) {
    return;
  }
  const Instant limit = newest_ - kTimestampDelayMax;
  for (auto same = departures_.begin(); same != departures_.end();) {
    std::deque<Departure>& waiting = same->second;
    while (!waiting.empty() && waiting.front().at && *waiting.front().at <= limit) {
      entries_.push_back({.at = *waiting.front().at, .packet = std::move(waiting.front().packet)});
      waiting.pop_front();
    }
    same = waiting.empty() ? departures_.erase(same) : std::next(same);
  }
  const auto young = std::ranges::stable_partition(
      entries_, [&](const Entry& entry) { return entry.at <= limit; });
  std::vector<Entry> rest{
      std::make_move_iterator(young.begin()), std::make_move_iterator(young.end())};
  entries_.erase(young.begin(), young.end());
  write(std::exchange(entries_, std::move(rest)));
}

void PacketLog::write(std::vector<Entry> entries) {
  std::ranges::stable_sort(entries, {}, &Entry::at);
  for (const Entry& entry : entries) {
    const Duration at = epoch_.since_1970() + entry.at.since_start();
    writer_.add(WallTime{std::max(at, Duration{})}, entry.packet);
  }
  const std::vector<std::uint8_t> bytes = writer_.take();
  if (!bytes.empty()) {
    sink_(bytes);
  }
}

void LoggedTransport::send(std::span<const seam::Outgoing> batch) {
  for (const seam::Outgoing& outgoing : batch) {
    log_.add_outgoing(outgoing.token, wire::bytes(outgoing.datagram));
  }
  inner_.send(batch);
}

void LoggedTransport::receive(std::vector<seam::Incoming>& into) {
  const std::size_t known = into.size();
  inner_.receive(into);
  for (std::size_t i = known; i < into.size(); ++i) {
    if (const auto* sent = std::get_if<seam::Sent>(&into[i])) {
      log_.confirm_sent(sent->token, sent->at);
    } else if (const auto* not_sent = std::get_if<seam::NotSent>(&into[i])) {
      log_.drop_outgoing(not_sent->token);
    }
  }
}

}  // namespace synroute::replay
