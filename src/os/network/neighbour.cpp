// SPDX-License-Identifier: Apache-2.0
#include "os/network/neighbour.hpp"

#include "os/check.hpp"
#include "os/clock.hpp"
#include "os/fd.hpp"
#include "os/network/netlink.hpp"
#include "os/network/route.hpp"
#include "os/network/socket_address.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

#include <linux/if_arp.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>

namespace synroute::os {
namespace {

constexpr Duration kPause = std::chrono::milliseconds{5};
constexpr Port kDiscard{9};  // RFC 863

/// Links on which everybody is the one at the other end.
bool has_no_addresses(Netlink& kernel, std::uint32_t interface) {
  ifinfomsg fixed{};
  fixed.ifi_family = AF_UNSPEC;
  fixed.ifi_index = static_cast<int>(interface);
  const NetlinkAnswer answer = kernel.ask(NetlinkRequest{RTM_GETLINK, 0, fixed});
  return std::ranges::any_of(answer.messages, [](const NetlinkMessage& message) {
    const auto link = message.fixed<ifinfomsg>();
    return link && (link->ifi_flags & IFF_NOARP) != 0 && link->ifi_type != ARPHRD_ETHER;
  });
}

std::optional<Neighbour> read_entry(
    const NetlinkMessage& message, const IpAddress& address, std::uint32_t interface) {
  constexpr int kKnown =
      NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY;
  const auto fixed = message.fixed<ndmsg>();
  if (message.type != RTM_NEWNEIGH || !fixed || (fixed->ndm_state & kKnown) == 0
      || static_cast<std::uint32_t>(fixed->ndm_ifindex) != interface) {
    return std::nullopt;
  }
  const auto attributes = message.attributes<ndmsg>();
  const auto found = attributes.find(NDA_LLADDR);
  Neighbour result{.interface = interface, .link_address = {}, .link_address_size = 0};
  const auto of = attributes.address(NDA_DST);
  if (!found || found->size() > result.link_address.size() || !of
      || !std::ranges::equal(of->bytes(), address.bytes())) {
    return std::nullopt;
  }
  std::ranges::copy(*found, result.link_address.begin());
  result.link_address_size = found->size();
  return result;
}

NetlinkAnswer neighbours(Netlink& kernel, Family family, std::uint32_t interface) {
  ndmsg fixed{};
  fixed.ndm_family = static_cast<std::uint8_t>(address_family(family));
  fixed.ndm_ifindex = static_cast<int>(interface);
  return kernel.ask(NetlinkRequest{RTM_GETNEIGH, NLM_F_DUMP, fixed});
}

std::optional<Neighbour> look_up(
    Netlink& kernel, const IpAddress& address, std::uint32_t interface) {
  const NetlinkAnswer answer = neighbours(kernel, address.family(), interface);
  for (const NetlinkMessage& message : answer.messages) {
    if (auto found = read_entry(message, address, interface)) {
      return found;
    }
  }
  return std::nullopt;
}

/// NUD_…; 0 when the message is about another neighbour.
int state_in(const NetlinkMessage& message, const IpAddress& address, std::uint32_t interface) {
  const auto fixed = message.fixed<ndmsg>();
  if (!fixed || static_cast<std::uint32_t>(fixed->ndm_ifindex) != interface) {
    return 0;
  }
  const auto of = message.attributes<ndmsg>().address(NDA_DST);
  return of && std::ranges::equal(of->bytes(), address.bytes()) ? fixed->ndm_state : 0;
}

/// For how long the kernel has been asking; nothing when it does not.
std::optional<Duration> asking_for(const NetlinkMessage& message) {
  constexpr int kTicksPerSecond = 100;  // USER_HZ, in which the kernel tells all such times
  const auto fixed = message.fixed<ndmsg>();
  if (message.type != RTM_NEWNEIGH || !fixed || (fixed->ndm_state & NUD_INCOMPLETE) == 0) {
    return std::nullopt;
  }
  const auto times = message.attributes<ndmsg>().find(NDA_CACHEINFO);
  if (!times || times->size() < sizeof(nda_cacheinfo)) {
    return std::nullopt;
  }
  nda_cacheinfo info{};
  std::memcpy(&info, times->data(), sizeof info);
  return std::chrono::milliseconds{1000 / kTicksPerSecond} * info.ndm_updated;
}

/// Sends an empty datagram. When that fails, no neighbour is found either, so the error is ignored.
void make_the_kernel_ask(const IpAddress& address) {
  const int family = address_family(address.family());
  const Fd socket{check("open a datagram socket", ::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0))};
  const SocketAddress to{address, kDiscard};
  [[maybe_unused]] const auto sent =
      ::sendto(socket.get(), nullptr, 0, MSG_DONTWAIT, to.data(), to.size());
}

}  // namespace

std::optional<Neighbour> find_neighbour(
    const IpAddress& address, std::uint32_t interface, Duration patience) {
  Netlink kernel;
  if (has_no_addresses(kernel, interface)) {
    return Neighbour{.interface = interface, .link_address = {}, .link_address_size = 0};
  }
  auto found = look_up(kernel, address, interface);
  const Instant end = now() + patience;
  if (!found) {
    make_the_kernel_ask(address);
  }
  while (!found && now() < end) {
    constexpr auto kPauseMs = std::chrono::duration_cast<std::chrono::milliseconds>(kPause).count();
    ::poll(nullptr, 0, static_cast<int>(kPauseMs));
    found = look_up(kernel, address, interface);
  }
  return found;
}

NeighbourState neighbour_state(const IpAddress& address, const std::string& interface) {
  const auto found = find_interface(interface);
  if (!found) {
    return NeighbourState::Known;
  }
  Netlink kernel;
  if (has_no_addresses(kernel, found->index) || look_up(kernel, address, found->index)) {
    return NeighbourState::Known;
  }
  const NetlinkAnswer answer = neighbours(kernel, address.family(), found->index);
  for (const NetlinkMessage& message : answer.messages) {
    const int state = state_in(message, address, found->index);
    if (state != 0) {
      return (state & NUD_INCOMPLETE) != 0 ? NeighbourState::Asking : NeighbourState::Failed;
    }
  }
  return NeighbourState::Absent;
}

std::optional<AskedNeighbour> neighbour_asked_since(Family family, Instant since) {
  constexpr Duration kTolerance = std::chrono::milliseconds{30};
  Netlink kernel;
  const NetlinkAnswer answer = neighbours(kernel, family, 0);
  const Duration age = now() - since;
  std::optional<AskedNeighbour> result;
  for (const NetlinkMessage& message : answer.messages) {
    const auto asking = asking_for(message);
    if (!asking || *asking > age + kTolerance || *asking < age - kTolerance) {
      continue;
    }
    const auto address = message.attributes<ndmsg>().address(NDA_DST);
    const auto link = find_link(static_cast<std::uint32_t>(message.fixed<ndmsg>()->ndm_ifindex));
    if (!address || !link || result) {
      return std::nullopt;
    }
    result = AskedNeighbour{.address = *address, .interface = link->name};
  }
  return result;
}

}  // namespace synroute::os
