// SPDX-License-Identifier: Apache-2.0
#include "replay/packet_log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace synroute::replay {
namespace {

/// Stamps of sent packets come within milliseconds, or never.
constexpr Duration kStampsComeWithin = std::chrono::seconds{1};

}  // namespace

PacketLog::PacketLog(WallTime epoch, ByteSink sink) : epoch_{epoch}, sink_{std::move(sink)} {
  writer_.take();
}

PacketLog::~PacketLog() {
  settle(Instant{Duration::max()});
}

void PacketLog::handed_over(seam::Token token, std::vector<std::uint8_t> packet) {
  departures_[token].push_back({.packet = std::move(packet), .at = std::nullopt});
}

void PacketLog::left(seam::Token token, Instant at) {
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
  settle(at);
}

void PacketLog::refused(seam::Token token) {
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

void PacketLog::heard(Instant at, std::span<const std::uint8_t> packet) {
  entries_.push_back({.at = at, .packet = {packet.begin(), packet.end()}});
  settle(at);
}

/// Writes what is older than stamps take to come.
void PacketLog::settle(Instant now) {
  newest_ = std::max(newest_, now);
  constexpr std::size_t kEnough = 256;  // to look through all of them
  const bool ends = newest_.since_start() == Duration::max();
  if (!ends && entries_.size() + departures_.size() < kEnough) {
    return;
  }
  const Instant limit = newest_ - kStampsComeWithin;
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
    log_.handed_over(outgoing.token, wire::bytes(outgoing.datagram));
  }
  inside_.send(batch);
}

void LoggedTransport::receive(std::vector<seam::Incoming>& into) {
  const std::size_t known = into.size();
  inside_.receive(into);
  for (std::size_t i = known; i < into.size(); ++i) {
    if (const auto* sent = std::get_if<seam::Sent>(&into[i])) {
      log_.left(sent->token, sent->at);
    } else if (const auto* not_sent = std::get_if<seam::NotSent>(&into[i])) {
      log_.refused(not_sent->token);
    }
  }
}

}  // namespace synroute::replay
