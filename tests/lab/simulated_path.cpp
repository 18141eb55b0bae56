// SPDX-License-Identifier: Apache-2.0
#include "simulated_path.hpp"

#include <algorithm>
#include <utility>

namespace synroute::lab {
namespace {

constexpr std::uint8_t kFin = 0x01;
constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kRst = 0x04;
constexpr std::uint8_t kAck = 0x10;
constexpr std::uint8_t kInitialTtl = 64;

/// The largest ICMP error: 576 bytes (RFC 1812 §4.3.2.3) and 1280 bytes (RFC 4443 §2.4 c).
constexpr std::size_t kQuoteMax4 = 576 - 28;
constexpr std::size_t kQuoteMax6 = 1280 - 48;

/// Where an RFC 4884 extension starts: the quote padded to 128 bytes.
constexpr std::size_t kExtensionAt = 128;

[[nodiscard]] Bytes slice(View packet, std::size_t from, std::size_t count) {
  const View part = packet.subspan(from, count);
  return {part.begin(), part.end()};
}

[[nodiscard]] std::uint8_t ttl_left(int routers) {
  return static_cast<std::uint8_t>(kInitialTtl - routers);
}

/// The last two bytes of an address, plus `offset`: another host of the same network.
void move_address(std::span<std::uint8_t> address, std::uint32_t offset) {
  const std::size_t at = address.size() - 2;
  write16(address, at, read16(address, at) + offset);
}

/// The first option of `kind` in a TCP header, with its length byte; empty if there is none.
[[nodiscard]] View find_option(View header, std::uint8_t kind) {
  for (std::size_t at = 20; at < header.size() && header[at] != 0;) {
    if (header[at] == 1) {
      ++at;
      continue;
    }
    if (at + 1 >= header.size() || header[at + 1] < 2 || at + header[at + 1] > header.size()) {
      return {};
    }
    if (header[at] == kind) {
      return header.subspan(at, header[at + 1]);
    }
    at += header[at + 1];
  }
  return {};
}

/// The options of a SYN|ACK: a segment size, and the timestamp echoed if the SYN had one.
[[nodiscard]] Bytes syn_ack_options(View syn) {
  Bytes options{2, 4, 0x05, 0xb4};
  const View timestamp = find_option(syn, 8);
  if (timestamp.size() == 10) {
    const Bytes echo{
        1, 1, 8, 10, 0, 1, 0, 0, timestamp[2], timestamp[3], timestamp[4], timestamp[5]};
    options.insert(options.end(), echo.begin(), echo.end());
  }
  return options;
}

/// The TCP header that answers `question` with `segment`, checksum still zero.
[[nodiscard]] Bytes tcp_answer(View question, const Segment& segment) {
  Bytes header(20);
  write16(header, 0, read16(question, 2));
  write16(header, 2, read16(question, 0));
  write32(header, 4, segment.sequence);
  write32(header, 8, segment.acknowledges);
  header[12] = static_cast<std::uint8_t>((20 + segment.options.size()) / 4 << 4U);
  header[13] = segment.flags;
  write16(header, 14, (segment.flags & kSyn) != 0 ? 64240 : 0);
  header.insert(header.end(), segment.options.begin(), segment.options.end());
  return header;
}

[[nodiscard]] Segment reset_for(ResetShape shape, std::uint32_t acknowledges) {
  switch (shape) {
    case ResetShape::Standard: return {.acknowledges = acknowledges, .flags = kRst | kAck};
    case ResetShape::WithoutAck: return {.acknowledges = acknowledges, .flags = kRst};
    case ResetShape::Blank: break;
  }
  return {.flags = kRst};
}

/// One MPLS label stack entry as RFC 4884 and RFC 4950 put it behind the quote.
[[nodiscard]] Bytes label_extension(int hop) {
  Bytes extension{0x20, 0, 0, 0, 0, 8, 1, 1, 0, 0, 0, 0};
  const auto label = static_cast<std::uint32_t>(24000 + hop);
  write32(extension, 8, (label << 12U) | (1U << 8U) | 1U);  // bottom of stack, TTL 1
  write16(extension, 2, fold(add_words(extension)));
  return extension;
}

}  // namespace

SimulatedPath::SimulatedPath(PathOptions options) : options_{std::move(options)} {}

Bytes SimulatedPath::router_address(int hop, bool is_v6) const {
  if (options_.dnat_at != 0 && hop >= options_.dnat_at) {
    return options_.target.at(is_v6 ? 1 : 0);
  }
  Bytes address = options_.router.at(is_v6 ? 1 : 0);
  // 198.19.<hop>.1 and 2001:db8:19::<hop>:1: the address shows the hop.
  const std::size_t third = address.size() - (is_v6 ? 4 : 2);
  address.at(third + (is_v6 ? 1 : 0)) = static_cast<std::uint8_t>(hop);
  return address;
}

Bytes SimulatedPath::quote_of(View packet, const Layout& layout, int hop) const {
  Bytes quote{packet.begin(), packet.end()};
  quote[layout.ttl] = 1;
  const bool rewritten = hop >= options_.rewrite_from && layout.protocol == kTcp;
  const QuoteRewrite how = rewritten ? options_.rewrite : QuoteRewrite{};
  const std::size_t id_at = 4;
  if (how.ip_id && !layout.is_v6) {
    write16(quote, id_at, read16(quote, id_at) ^ 0x5a5aU);
  }
  if (how.ip_id_swapped && !layout.is_v6) {
    std::swap(quote[id_at], quote[id_at + 1]);
  }
  if (how.sequence) {
    write32(quote, layout.header + 4, read32(quote, layout.header + 4) + 0x13572468U);
  }
  if (how.source) {
    move_address(std::span{quote}.subspan(layout.source, layout.address), 0x0909);
  }
  if (how.source_port) {
    write16(quote, layout.header, read16(quote, layout.header) ^ 0x1111U);
  }
  if (layout.protocol == kTcp) {
    seal(quote, layout, 16);
  }
  const std::size_t most = how.short_quote ? layout.header + 8
                           : layout.is_v6  ? kQuoteMax6
                                           : kQuoteMax4;
  quote.resize(std::min(quote.size(), most));
  return quote;
}

Bytes SimulatedPath::time_exceeded(View packet, const Layout& layout, int hop) const {
  const std::size_t type_size = 8;
  Bytes icmp(type_size);
  icmp[0] = layout.is_v6 ? 3 : 11;
  Bytes quote = quote_of(packet, layout, hop);
  if (hop == options_.mpls_at) {
    quote.resize(kExtensionAt);
    const Bytes extension = label_extension(hop);
    quote.insert(quote.end(), extension.begin(), extension.end());
    // The length of the quote, in 64-bit words for IPv6 and in 32-bit words for IPv4 (RFC 4884 §3).
    icmp[layout.is_v6 ? 4 : 5] = static_cast<std::uint8_t>(kExtensionAt / (layout.is_v6 ? 8 : 4));
  }
  icmp.insert(icmp.end(), quote.begin(), quote.end());
  Bytes answer = make_header(
      router_address(hop, layout.is_v6),
      packet.subspan(layout.source, layout.address),
      layout.is_v6 ? kIcmp6 : kIcmp,
      ttl_left(hop - 1),
      icmp.size());
  answer.insert(answer.end(), icmp.begin(), icmp.end());
  Layout own;
  if (find_layout(answer, own)) {
    seal(answer, own, 2);
  }
  return answer;
}

std::optional<Segment> SimulatedPath::reply_to(View tcp) const {
  const std::size_t header = std::size_t{tcp[12]} >> 4U << 2U;
  const std::uint8_t flags = tcp[13];
  const bool is_open = options_.open.contains(read16(tcp, 2));
  const bool is_heard = is_open || options_.closed.contains(read16(tcp, 2));
  if (!is_heard || (flags & kRst) != 0 || header < 20 || header > tcp.size()) {
    return std::nullopt;
  }
  if ((flags & kAck) != 0) {
    return Segment{.sequence = read32(tcp, 8), .flags = kRst};
  }
  const std::uint32_t sequence = read32(tcp, 4);
  if (!is_open) {
    const std::uint32_t counted = ((flags & kSyn) != 0 ? 1U : 0U) + ((flags & kFin) != 0 ? 1U : 0U);
    const auto data = static_cast<std::uint32_t>(tcp.size() - header);
    return reset_for(options_.reset, sequence + data + counted);
  }
  if ((flags & kSyn) == 0) {
    return std::nullopt;
  }
  return Segment{
      .sequence = sequence ^ 0x6b8b4567U,
      .acknowledges = sequence + 1,
      .flags = kSyn | kAck,
      .options = syn_ack_options(tcp.first(header))};
}

std::optional<Bytes> SimulatedPath::from_target(View packet, const Layout& layout) const {
  if (layout.protocol != kTcp || packet.size() < layout.header + 20) {
    return std::nullopt;
  }
  const View tcp = packet.subspan(layout.header);
  const auto segment = reply_to(tcp);
  if (!segment) {
    return std::nullopt;
  }
  const Bytes transport = tcp_answer(tcp, *segment);
  Bytes answer = make_header(
      packet.subspan(layout.destination(), layout.address),
      packet.subspan(layout.source, layout.address),
      kTcp,
      ttl_left(options_.hops),
      transport.size());
  answer.insert(answer.end(), transport.begin(), transport.end());
  Layout own;
  if (find_layout(answer, own)) {
    seal(answer, own, 16);
  }
  return answer;
}

std::optional<Answer> SimulatedPath::answer(View packet) const {
  Layout layout;
  if (!find_layout(packet, layout) || packet.size() < layout.header + 8
      || slice(packet, layout.destination(), layout.address)
             != options_.target.at(layout.is_v6 ? 1 : 0)) {
    return std::nullopt;
  }
  const int ttl = packet[layout.ttl];
  const int reached = std::min(ttl, options_.hops + 1);
  if (ttl == 0 || (options_.drop_after != 0 && reached > options_.drop_after)) {
    return std::nullopt;
  }
  const auto after = options_.base + options_.per_hop * reached;
  if (reached <= options_.hops) {
    if (options_.silent.contains(reached)) {
      return std::nullopt;
    }
    return Answer{.after = after, .packet = time_exceeded(packet, layout, reached)};
  }
  auto bytes = from_target(packet, layout);
  if (!bytes) {
    return std::nullopt;
  }
  return Answer{.after = after, .packet = std::move(*bytes)};
}

}  // namespace synroute::lab
