// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/counters.hpp"
#include "transport/own_translations.hpp"
#include "transport/raw_sockets.hpp"
#include "wire/datagram.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace synroute::transport {

/// Whose answers are wanted.
struct Audience {
  IpAddress source;                ///< our address
  std::vector<Port> ports;         ///< our ports; empty: any
  std::vector<IpAddress> targets;  ///< whose TCP counts; empty: anybody's
};

/// What the kernel knows about the transport checksum of a packet (PACKET_AUXDATA).
enum class KernelChecksum : std::uint8_t { Silent, NotFilledIn, Good };

/// Which packets are kept as they came, for whoever writes them down.
enum class Keep : std::uint8_t {
  Nothing,
  /// Those that name one of our ports and targets: a caller whose rights are lent learns nothing of
  /// others'.
  Ours,
  /// All that concern us, those that cannot be read included.
  Everything,
};

/// A packet as it came.
struct KeptPacket {
  std::vector<std::uint8_t> bytes;
  std::optional<WallTime> stamp;
};

/// A packet that was read.
struct StampedDatagram {
  wire::Datagram datagram;
  std::optional<WallTime> stamp;
};

/// Hears answers on every interface through a cooked packet socket: in front of the local firewall,
/// on any kind of link, and each packet once, because it listens where the IP layer does (for one
/// ethertype) and not on the wire. Hears nothing that this host sends, except what it sends to
/// itself.
class PacketReceiver {
 public:
  /// Throws os::SystemError. The sockets outlive it.
  PacketReceiver(
      const RawSockets& sockets,
      Audience audience,
      const OwnTranslations& translations,
      Keep keep = Keep::Nothing);

  /// What arrives by the loopback device was sent by this host itself: a reset that its own reject
  /// rule makes in the target's place, or an ICMP error about a next hop that does not answer. It
  /// is accepted only where probes leave by that device.
  void accept_loopback(bool accepted) { accepts_loopback_ = accepted; }
  /// While `translated`, answers may come to and from addresses and ports that are not ours: all of
  /// this host's TCP answers are then looked at.
  void expect_translated(bool translated);

  /// Appends what has come for us, checked and read.
  void receive(std::vector<StampedDatagram>& into);
  /// What was kept since the last call.
  [[nodiscard]] std::vector<KeptPacket> take_kept() { return std::exchange(kept_, {}); }
  [[nodiscard]] int descriptor() const { return socket_; }
  /// malformed, bad_checksum, dropped_by_socket and dropped_by_firewall.
  [[nodiscard]] model::Counters counters() const;

 private:
  void forget_what_came();
  void attach_filter();
  void count_drops() const;
  void count_admitted();
  void read(
      std::span<const std::uint8_t> bytes,
      KernelChecksum kernel,
      std::vector<StampedDatagram>& into);
  [[nodiscard]] bool concerns_us(const wire::Datagram& datagram) const;
  [[nodiscard]] bool concerns_us(const wire::IpHeader& ip, const wire::TcpHeader& tcp) const;
  [[nodiscard]] bool concerns_us(const wire::IpHeader& ip, const wire::IcmpMessage& icmp) const;
  [[nodiscard]] bool is_our_port(Port port) const;
  [[nodiscard]] bool is_target(const IpAddress& address) const;
  [[nodiscard]] bool is_named_by(const wire::IcmpMessage& icmp) const;
  void keep(std::span<const std::uint8_t> bytes);

  Keep keep_;
  std::vector<KeptPacket> kept_;
  Audience audience_;  ///< ports and targets sorted
  const OwnTranslations& translations_;
  bool expects_translated_ = false;
  bool accepts_loopback_ = false;
  int socket_;
  int admitted_;                      ///< hears errors behind the firewall; -1: none
  std::uint64_t errors_heard_ = 0;    ///< ICMP errors to our address, in front of it
  std::uint64_t errors_settled_ = 0;  ///< those of earlier calls: by now they must be through
  std::uint64_t errors_admitted_ = 0;
  /// Reading the kernel's drop count resets it, so asking changes the sum kept here.
  mutable model::Counters counters_;
};

}  // namespace synroute::transport
