// SPDX-License-Identifier: Apache-2.0
#include "os/socket_address.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace synroute::os {
namespace {

template <class Raw>
Raw as(const sockaddr* from) {
  Raw result{};
  std::memcpy(&result, from, sizeof result);
  return result;
}

}  // namespace

int address_family(Family family) {
  return family == Family::V4 ? AF_INET : AF_INET6;
}

SocketAddress::SocketAddress(const IpAddress& address, Port port) {
  if (address.family() == Family::V4) {
    sockaddr_in raw{};
    raw.sin_family = AF_INET;
    raw.sin_port = htons(port.value());
    raw.sin_addr.s_addr = htonl(address.v4_bits());
    size_ = sizeof raw;
    std::memcpy(&storage_, &raw, sizeof raw);
    return;
  }
  sockaddr_in6 raw{};
  raw.sin6_family = AF_INET6;
  raw.sin6_port = htons(port.value());
  raw.sin6_scope_id = address.zone();
  std::memcpy(&raw.sin6_addr, address.bytes().data(), sizeof raw.sin6_addr);
  size_ = sizeof raw;
  std::memcpy(&storage_, &raw, sizeof raw);
}

const sockaddr* SocketAddress::data() const {
  return std::bit_cast<const sockaddr*>(&storage_);
}

sockaddr* SocketAddress::data() {
  return std::bit_cast<sockaddr*>(&storage_);
}

std::optional<IpAddress> SocketAddress::address() const {
  return address_of(data(), size_);
}

Port SocketAddress::port() const {
  // Both families keep the port at the same place (RFC 3493 §3.3 and POSIX).
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  return Port{ntohs(as<sockaddr_in>(data()).sin_port)};
}

std::optional<IpAddress> address_of(const sockaddr* from, socklen_t size) {
  if (from == nullptr || size < sizeof(sa_family_t)) {
    return std::nullopt;
  }
  if (from->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    return IpAddress::v4(ntohl(as<sockaddr_in>(from).sin_addr.s_addr));
  }
  if (from->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    const auto raw = as<sockaddr_in6>(from);
    std::array<std::uint8_t, 16> bytes{};
    std::ranges::copy(raw.sin6_addr.s6_addr, bytes.begin());
    return IpAddress::v6(bytes, raw.sin6_scope_id);
  }
  return std::nullopt;
}

}  // namespace synroute::os
