// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"

#include <cstdint>
#include <optional>
#include <span>

#include <sys/socket.h>

namespace synroute::os {

/// AF_INET or AF_INET6.
[[nodiscard]] int address_family(Family family);

/// An address and port in the form system calls take.
class SocketAddress {
 public:
  /// Empty, with room for any family: to be filled by a system call.
  SocketAddress() = default;
  /// The zone of a link-local address becomes the scope id.
  explicit SocketAddress(const IpAddress& address, Port port = Port{});

  [[nodiscard]] const sockaddr* data() const;
  [[nodiscard]] sockaddr* data();
  [[nodiscard]] socklen_t size() const { return size_; }
  [[nodiscard]] socklen_t* size_slot() { return &size_; }

  /// Nothing when the family is neither IPv4 nor IPv6.
  [[nodiscard]] std::optional<IpAddress> address() const;
  [[nodiscard]] Port port() const;

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = sizeof(sockaddr_storage);
};

/// The address that the bytes of a sockaddr hold; nothing for other families and short ones.
[[nodiscard]] std::optional<IpAddress> address_of(std::span<const std::uint8_t> raw);
[[nodiscard]] std::optional<IpAddress> address_of(const sockaddr* raw, socklen_t size);

}  // namespace synroute::os
