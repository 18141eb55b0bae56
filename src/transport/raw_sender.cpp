// SPDX-License-Identifier: Apache-2.0
#include "transport/raw_sender.hpp"

#include "os/check.hpp"
#include "os/network/control_message.hpp"
#include "os/network/route.hpp"
#include "os/network/socket_address.hpp"
#include "transport/refusal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string>

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

// Devices that never stamp must not make the list of packets without a stamp grow.
constexpr std::size_t kMaxUnstamped = 4096;
// From linux/in6.h, which cannot be included next to netinet/in.h.
constexpr int kIpv6HeaderIncluded = 36;

void ask_for_stamps(int descriptor, bool wanted) {
  constexpr int kFlags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE
                         | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
  os::set_option(
      "ask for send stamps", descriptor, SOL_SOCKET, SO_TIMESTAMPING, wanted ? kFlags : 0);
}

std::optional<std::uint32_t> index_of(const std::string& interface) {
  const auto found = interface.empty() ? std::nullopt : os::find_interface(interface);
  return found ? std::optional{found->index} : std::nullopt;
}

/// The control message that names the interface by which one packet leaves.
class EgressNote {
 public:
  EgressNote(std::uint32_t interface, Family family) {
    if (family == Family::V4) {
      put(IPPROTO_IP,
          IP_PKTINFO,
          in_pktinfo{
              .ipi_ifindex = static_cast<int>(interface), .ipi_spec_dst = {}, .ipi_addr = {}});
    } else {
      put(IPPROTO_IPV6, IPV6_PKTINFO, in6_pktinfo{.ipi6_addr = {}, .ipi6_ifindex = interface});
    }
  }
  void attach_to(msghdr& message) {
    message.msg_control = bytes_.data();
    message.msg_controllen = size_;
  }

 private:
  template <class Info>
  void put(int level, int type, const Info& info) {
    const cmsghdr head{.cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = level, .cmsg_type = type};
    std::memcpy(bytes_.data(), &head, sizeof head);
    std::memcpy(bytes_.data() + CMSG_LEN(0), &info, sizeof info);
    size_ = CMSG_SPACE(sizeof info);
  }

  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in6_pktinfo))> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace

RawSender::RawSender(
    const RawSockets& sockets,
    const IpAddress& source,
    const os::Egress& egress,
    const std::optional<os::Neighbour>& next_hop)
    : socket_{sockets.sender(source)},
      link_socket_{sockets.receiver()},
      next_hop_{next_hop},
      end_{source, egress.interface},
      handovers_{{.source = source, .interface = index_of(egress.interface), .mark = egress.mark}} {
  if (sockets.mark() != egress.mark) {
    const std::string attempt = "set mark " + std::to_string(egress.mark);
    throw os::SystemError{attempt, EPERM};
  }
  if (source.family() == Family::V4) {
    os::set_option("write IPv4 headers", socket_, IPPROTO_IP, IP_HDRINCL);
    // Without it the kernel hides that its own queue dropped a packet (ENOBUFS).
    os::set_option("ask for errors", socket_, IPPROTO_IP, IP_RECVERR);
  } else {
    os::set_option("write IPv6 headers", socket_, IPPROTO_IPV6, kIpv6HeaderIncluded);
    os::set_option("ask for errors", socket_, IPPROTO_IPV6, IPV6_RECVERR);
  }
  os::set_egress(socket_, {.interface = egress.interface});
  // Routing rules look at the source of the socket, not at the header we write.
  const os::SocketAddress from{source};
  const std::string attempt = "use source address " + source.to_string();
  os::check(attempt, ::bind(socket_, from.data(), from.size()));
  number_from_zero();
}

std::size_t RawSender::send(
    std::span<const seam::Outgoing> batch, std::vector<seam::Incoming>& into) {
  const std::optional<model::Refusal> lost = end_.lost_source();
  std::size_t done = 0;
  for (const seam::Outgoing& outgoing : batch) {
    if (lost) {
      into.emplace_back(seam::NotSent{outgoing.token, *lost});
    } else if (!send(outgoing, into)) {
      break;
    }
    ++done;
  }
  return done;
}

bool RawSender::send(const seam::Outgoing& outgoing, std::vector<seam::Incoming>& into) {
  const Handover handover = next_hop_ ? Handover{} : handovers_.of(outgoing.datagram);
  if (handover.kind == Handover::Kind::Refused) {
    into.emplace_back(seam::NotSent{outgoing.token, handover.refusal});
    return true;
  }
  const Instant before = os::now();
  const int error =
      next_hop_ ? hand_to_next_hop(outgoing.datagram) : transmit(handover, outgoing.datagram);
  if (error == 0) {
    into.emplace_back(seam::Sent{outgoing.token, before});
    if (!next_hop_) {
      remember(outgoing.token, before);
    }
    return true;
  }
  number_from_zero();
  const model::Refusal why = end_.explain(error);
  if (why == model::Refusal::NoBuffers) {
    return false;
  }
  into.emplace_back(seam::NotSent{outgoing.token, why});
  return true;
}

int RawSender::transmit(const Handover& handover, const wire::Datagram& datagram) const {
  const int error = hand_to(handover, datagram);
  return may_be_pending(error) ? hand_to(handover, datagram) : error;
}

int RawSender::hand_to(const Handover& handover, const wire::Datagram& datagram) const {
  std::vector<std::uint8_t> packet = wire::bytes(datagram);
  os::SocketAddress to{handover.gateway.value_or(datagram.ip.destination)};
  iovec piece{.iov_base = packet.data(), .iov_len = packet.size()};
  msghdr message{};
  message.msg_name = to.data();
  message.msg_namelen = to.size();
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  EgressNote egress{handover.interface, datagram.ip.destination.family()};
  if (handover.kind != Handover::Kind::Routed) {
    egress.attach_to(message);
  }
  const int flags = handover.kind == Handover::Kind::Link ? MSG_DONTROUTE : 0;
  return ::sendmsg(socket_, &message, flags) < 0 ? errno : 0;
}

/// The packet socket sends as well as it hears.
int RawSender::hand_to_next_hop(const wire::Datagram& datagram) const {
  const std::vector<std::uint8_t> packet = wire::bytes(datagram);
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_protocol = htons(datagram.ip.destination.family() == Family::V4 ? ETH_P_IP : ETH_P_IPV6);
  to.sll_ifindex = static_cast<int>(next_hop_->interface);
  to.sll_halen = static_cast<unsigned char>(next_hop_->link_address_size);
  std::ranges::copy(next_hop_->link_address, std::begin(to.sll_addr));
  const auto* address = reinterpret_cast<const sockaddr*>(&to);
  return ::sendto(link_socket_, packet.data(), packet.size(), 0, address, sizeof to) < 0 ? errno
                                                                                         : 0;
}

void RawSender::remember(seam::Token token, Instant before) {
  unstamped_.push_back({token, before});
  if (unstamped_.size() > kMaxUnstamped) {
    unstamped_.pop_front();
    ++first_number_;
  }
}

/// The kernel numbers packets, and whether a refused one got a number depends on where it was
/// refused. So after a refusal the numbering starts anew; packets still without a stamp keep their
/// first time.
void RawSender::number_from_zero() {
  read_stamps();
  unstamped_.clear();
  first_number_ = 0;
  ask_for_stamps(socket_, false);
  ask_for_stamps(socket_, true);
}

void RawSender::read_stamps() {
  while (true) {
    alignas(cmsghdr) std::array<std::uint8_t, 512> control{};
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(socket_, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
      return;
    }
    std::optional<sock_extended_err> about;
    std::optional<scm_timestamping> stamps;
    os::for_each_control(message, [&](const os::ControlMessage& piece) {
      if (piece.is(SOL_SOCKET, SCM_TIMESTAMPING)) {
        stamps = piece.as<scm_timestamping>();
      } else if (piece.is(IPPROTO_IP, IP_RECVERR) || piece.is(IPPROTO_IPV6, IPV6_RECVERR)) {
        about = piece.as<sock_extended_err>();
      }
    });
    if (stamps && about && about->ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
      assign(about->ee_data, WallTime{os::to_duration(stamps->ts[0])});
    }
  }
}

void RawSender::assign(std::uint32_t number, WallTime stamp) {
  const std::uint32_t index = number - first_number_;
  if (index >= unstamped_.size() || !unstamped_[index].token) {
    return;
  }
  stamped_.push_back({*unstamped_[index].token, unstamped_[index].before, stamp});
  unstamped_[index].token.reset();
  while (!unstamped_.empty() && !unstamped_.front().token) {
    unstamped_.pop_front();
    ++first_number_;
  }
}

void RawSender::collect_stamps(
    const os::StampClock& clock, Instant read_at, std::vector<seam::Incoming>& into) {
  for (const Stamped& entry : stamped_) {
    const Instant at = clock.instant_of(entry.stamp, entry.before, read_at);
    // An implausible stamp falls back to the time of reading, which is worse than what was
    // reported.
    if (at != read_at) {
      into.emplace_back(seam::Sent{entry.token, at});
    }
  }
  stamped_.clear();
}

}  // namespace synroute::transport
