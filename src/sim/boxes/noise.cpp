// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"
#include "sim/reject.hpp"
#include "sim/stack/icmp_error.hpp"
#include "sim/stack/tcp_writer.hpp"
#include "wire/datagram.hpp"

#include <array>
#include <utility>

namespace synroute::sim {

namespace {

/// An attacker beside the path who floods the prober: for every SYN that passes, `copies` forged,
/// truncated or garbled packets. It knows the addresses, but neither ports nor sequence numbers.
/// Deterministic by its seed.
class NoiseBox final : public Middlebox {
 public:
  NoiseBox(int copies, std::uint64_t seed) : copies_{copies}, random_{seed} {}
  BoxAction forward(Packet& packet, BoxContext& context) override;

 private:
  [[nodiscard]] Packet random_packet(const Packet& about);
  [[nodiscard]] Packet forged_error(const Packet& about);
  [[nodiscard]] Packet forged_segment(const Packet& about);
  [[nodiscard]] Packet garbage(const Packet& about);
  [[nodiscard]] IpAddress random_address(Family family);

  int copies_;
  Random random_;
};

BoxAction NoiseBox::forward(Packet& packet, BoxContext& context) {
  if (context.outbound() && packet.has_tcp() && packet.tcp_flags().has(wire::TcpFlag::Syn)) {
    for (int i = 0; i < copies_; ++i) {
      context.emitted.push_back(random_packet(packet));
    }
  }
  return BoxAction::Pass;
}

IpAddress NoiseBox::random_address(Family family) {
  if (family == Family::V4) {
    return IpAddress::v4(0xcb007100U | static_cast<std::uint32_t>(random_.below(256)));
  }
  std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8, 0xff};
  bytes[15] = static_cast<std::uint8_t>(random_.below(256));
  return IpAddress::v6(bytes);
}

Packet NoiseBox::random_packet(const Packet& about) {
  Packet made = [&] {
    switch (random_.below(3)) {
      case 0: return forged_error(about);
      case 1: return forged_segment(about);
      default: return garbage(about);
    }
  }();
  if (random_.below(4) == 0 && !made.transport().empty()) {
    made.corrupt(made.transport_offset() + random_.below(made.transport().size()), 0x55);
  }
  if (random_.below(4) == 0) {
    // Cut short: the total length exceeds the bytes that arrive.
    const std::size_t least = made.transport_offset();
    const std::size_t kept = least + random_.below(made.size() - least + 1);
    const auto bytes = made.bytes().first(kept);
    if (auto cut = Packet::adopt({bytes.begin(), bytes.end()})) {
      return std::move(*cut);
    }
  }
  return made;
}

/// An ICMP error about a probe that was never sent: everything but the addresses is guessed.
Packet NoiseBox::forged_error(const Packet& about) {
  wire::TcpHeader header;
  header.source_port =
      Port{static_cast<std::uint16_t>(about.source_port() + 1 + random_.below(65535))};
  header.destination_port = Port{about.destination_port()};
  header.sequence = static_cast<std::uint32_t>(random_.next());
  header.flags = wire::TcpFlag::Syn;
  header.options.maximum_segment_size(1460).sack_permitted();
  header.options.timestamps({.value = static_cast<std::uint32_t>(random_.next()), .echo = 0});
  Packet guessed = tcp_packet(about.source(), about.destination(), 1, 0, header);
  guessed.set_id(static_cast<std::uint16_t>(random_.next()));
  const bool expired = random_.chance(0.5);
  const ErrorMeaning meaning =
      expired ? time_exceeded(about.family()) : rejection(Reject::Admin, about.family());
  return icmp_error(guessed, random_address(about.family()), meaning, {}, {}, 1);
}

/// A SYN|ACK or RST from the target's address that acknowledges no probe.
Packet NoiseBox::forged_segment(const Packet& about) {
  wire::TcpHeader header;
  header.source_port = Port{about.destination_port()};
  header.destination_port =
      Port{static_cast<std::uint16_t>(about.source_port() + 1 + random_.below(65535))};
  header.sequence = static_cast<std::uint32_t>(random_.next());
  header.acknowledgement = static_cast<std::uint32_t>(random_.next());
  header.flags =
      (random_.chance(0.5) ? wire::TcpFlag::Syn : wire::TcpFlag::Rst) | wire::TcpFlag::Ack;
  return tcp_packet(about.destination(), about.source(), 64, 0, header);
}

Packet NoiseBox::garbage(const Packet& about) {
  wire::Datagram datagram;
  datagram.ip.source = random_address(about.family());
  datagram.ip.destination = about.source();
  datagram.ip.ttl = Ttl{64};
  constexpr std::array<std::uint8_t, 4> kProtocols{1, 6, 17, 58};
  datagram.ip.protocol = kProtocols[random_.below(kProtocols.size())];
  std::vector<std::uint8_t> bytes(random_.below(200));
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(random_.next());
  }
  datagram.body = wire::OtherPayload{std::move(bytes)};
  return Packet::adopt(wire::bytes(datagram)).value();
}

}  // namespace

BoxSpecPtr read_noise(LineWords& words) {
  return unobservable_box<NoiseBox>(static_cast<int>(words.number("the packets per SYN", 1, 100)));
}

}  // namespace synroute::sim
