// SPDX-License-Identifier: Apache-2.0
#include "transport/local_end.hpp"

#include "os/fd.hpp"
#include "os/network/route.hpp"
#include "os/network/socket_address.hpp"
#include "transport/refusal.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

namespace synroute::transport {
namespace {

std::string interface_with(const IpAddress& source) {
  for (const os::Interface& interface : os::interfaces()) {
    if (std::ranges::find(interface.addresses, source) != interface.addresses.end()) {
      return interface.name;
    }
  }
  return {};
}

/// Four microseconds; asking the routing tables takes twenty times as long.
bool can_bind(const IpAddress& source) {
  const os::Fd socket{::socket(os::address_family(source.family()), SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket.is_open()) {
    return true;  // says nothing about the address
  }
  const os::SocketAddress address{source};
  return ::bind(socket.get(), address.data(), address.size()) == 0 || errno != EADDRNOTAVAIL;
}

}  // namespace

LocalEnd::LocalEnd(const IpAddress& source, const std::string& interface)
    : source_{source}, interface_{interface.empty() ? interface_with(source) : interface} {}

model::Refusal LocalEnd::explain(int error) const {
  const model::Refusal said = refusal_of(error);
  if (error == EINVAL && can_bind(source_)) {
    return model::Refusal::Blackhole;  // routing's answer, not that of a missing address
  }
  if (error == EADDRNOTAVAIL && can_bind(source_)) {
    return model::Refusal::NoPorts;
  }
  const bool may_hide_it = said == model::Refusal::NoRoute || said == model::Refusal::AddressGone;
  if (may_hide_it && interface_is_down()) {
    return model::Refusal::InterfaceDown;
  }
  // An address goes together with its routes.
  return said == model::Refusal::NoRoute && !can_bind(source_) ? model::Refusal::AddressGone : said;
}

std::optional<model::Refusal> LocalEnd::lost_source() const {
  if (can_bind(source_)) {
    return std::nullopt;
  }
  return explain(EADDRNOTAVAIL);
}

bool LocalEnd::interface_is_down() const {
  if (interface_.empty()) {
    return false;
  }
  const auto found = os::find_interface(interface_);
  return !found || !found->up;
}

}  // namespace synroute::transport
