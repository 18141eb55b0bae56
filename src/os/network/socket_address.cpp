// SPDX-License-Identifier: Apache-2.0
#include "os/network/socket_address.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace synroute::os {
namespace {

/// The bytes as the structure they are; nothing when they are too few.
template <class Raw>
std::optional<Raw> as(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < sizeof(Raw)) {
    return std::nullopt;
  }
  Raw result{};
  std::memcpy(&result, bytes.data(), sizeof result);
  return result;
}

std::span<const std::uint8_t> bytes_of(const sockaddr* raw, socklen_t size) {
  return {std::bit_cast<const std::uint8_t*>(raw), raw != nullptr ? size : 0};
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
  const auto raw = as<sockaddr_in>(bytes_of(data(), sizeof storage_));
  return Port{ntohs(raw->sin_port)};
}

std::optional<IpAddress> address_of(const sockaddr* raw, socklen_t size) {
  return address_of(bytes_of(raw, size));
}

std::optional<IpAddress> address_of(std::span<const std::uint8_t> raw) {
  const auto family = as<sa_family_t>(raw);  // the first field of every sockaddr
  const auto v4 = as<sockaddr_in>(raw);
  if (family == AF_INET && v4) {
    return IpAddress::v4(ntohl(v4->sin_addr.s_addr));
  }
  const auto v6 = as<sockaddr_in6>(raw);
  if (family == AF_INET6 && v6) {
    std::array<std::uint8_t, 16> bytes{};
    std::ranges::copy(v6->sin6_addr.s6_addr, bytes.begin());
    return IpAddress::v6(bytes, v6->sin6_scope_id);
  }
  return std::nullopt;
}

}  // namespace synroute::os
