// SPDX-License-Identifier: Apache-2.0
#include "sim/stack/fragments.hpp"

#include "wire/checksum.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace synroute::sim {

namespace {

constexpr std::size_t kPartialLimit = 64;
constexpr std::size_t kPieceLimit = 64;
constexpr Duration kPatience = std::chrono::seconds{30};  // net.ipv4.ipfrag_time

/// Header and payload as one packet with the header's lengths and checksum updated.
Packet assemble(
    std::span<const std::uint8_t> header,
    std::span<const std::uint8_t> payload,
    std::size_t offset,
    bool more) {
  std::vector<std::uint8_t> bytes{header.begin(), header.end()};
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  const auto put = [&](std::size_t at, std::size_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8 & 0xff);
    bytes[at + 1] = static_cast<std::uint8_t>(value & 0xff);
  };
  put(2, bytes.size());
  put(6, (offset / 8) | (more ? 0x2000U : 0U));
  put(10, 0);
  put(10, wire::checksum(std::span{bytes}.first(header.size())));
  return Packet::adopt(std::move(bytes)).value();
}

}  // namespace

std::vector<Packet> fragment(const Packet& packet, std::size_t mtu) {
  const auto header = packet.bytes().first(packet.transport_offset());
  const auto payload = packet.transport();
  const std::size_t room = (mtu - header.size()) / 8 * 8;
  std::vector<Packet> pieces;
  for (std::size_t at = 0; at < payload.size(); at += room) {
    const std::size_t size = std::min(room, payload.size() - at);
    const bool more = packet.more_fragments() || at + size < payload.size();
    pieces.push_back(
        assemble(header, payload.subspan(at, size), packet.fragment_offset() + at, more));
  }
  return pieces;
}

Reassembly::Partial& Reassembly::partial_for(const Packet& piece, Instant now) {
  std::erase_if(partials_, [&](const Partial& old) { return now - old.started > kPatience; });
  const auto found = std::ranges::find_if(partials_, [&](const Partial& partial) {
    return partial.id == piece.id() && partial.protocol == piece.protocol()
           && partial.source == piece.source() && partial.destination == piece.destination();
  });
  if (found != partials_.end()) {
    return *found;
  }
  if (partials_.size() >= kPartialLimit) {
    partials_.erase(partials_.begin());
  }
  return partials_.emplace_back(
      Partial{piece.source(), piece.destination(), piece.id(), piece.protocol(), now, {}, {}, {}});
}

std::optional<Packet> Reassembly::complete(const Partial& partial) {
  if (!partial.length || partial.header.empty()) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> payload(*partial.length);
  std::size_t filled = 0;
  for (const Piece& piece : partial.pieces) {  // by offset
    if (piece.offset > filled || piece.offset + piece.payload.size() > payload.size()) {
      return std::nullopt;
    }
    std::ranges::copy(piece.payload, payload.begin() + static_cast<std::ptrdiff_t>(piece.offset));
    filled = std::max(filled, piece.offset + piece.payload.size());
  }
  if (filled != payload.size() || partial.header.size() + filled > 65535) {
    return std::nullopt;
  }
  return assemble(partial.header, payload, 0, false);
}

std::optional<Packet> Reassembly::add(const Packet& piece, Instant now) {
  Partial& partial = partial_for(piece, now);
  if (partial.pieces.size() >= kPieceLimit) {
    return std::nullopt;
  }
  const auto payload = piece.transport();
  const std::size_t offset = piece.fragment_offset();
  if (offset == 0) {
    const auto header = piece.bytes().first(piece.transport_offset());
    partial.header.assign(header.begin(), header.end());
  }
  if (!piece.more_fragments()) {
    partial.length = offset + payload.size();
  }
  const auto place = std::ranges::upper_bound(partial.pieces, offset, {}, &Piece::offset);
  partial.pieces.insert(place, {offset, {payload.begin(), payload.end()}});
  auto whole = complete(partial);
  if (whole) {
    std::erase_if(partials_, [&](const Partial& other) { return &other == &partial; });
  }
  return whole;
}

}  // namespace synroute::sim
