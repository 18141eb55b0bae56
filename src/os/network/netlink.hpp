// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "os/fd.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace synroute::os {

/// The attributes (type, length, value) behind the fixed part of a routing message.
class NetlinkAttributes {
 public:
  explicit NetlinkAttributes(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}

  /// The value of the first attribute of this type.
  [[nodiscard]] std::optional<std::span<const std::uint8_t>> find(std::uint16_t type) const;
  [[nodiscard]] std::optional<std::uint32_t> number(std::uint16_t type) const;
  [[nodiscard]] std::optional<IpAddress> address(std::uint16_t type) const;

 private:
  std::span<const std::uint8_t> bytes_;
};

/// One request to rtnetlink(7), built from a fixed part and attributes.
class NetlinkRequest {
 public:
  template <class Fixed>
  NetlinkRequest(std::uint16_t type, std::uint16_t flags, const Fixed& fixed)
      : type_{type}, flags_{flags} {
    put(&fixed, sizeof fixed);
  }
  NetlinkRequest& attribute(std::uint16_t type, std::span<const std::uint8_t> value);
  NetlinkRequest& attribute(std::uint16_t type, std::uint32_t value);

  /// With its header in front.
  [[nodiscard]] std::vector<std::uint8_t> bytes() const;

 private:
  void put(const void* data, std::size_t size);

  std::uint16_t type_;
  std::uint16_t flags_;
  std::vector<std::uint8_t> body_;
};

/// A message of the answer: its type and what follows the netlink header.
struct NetlinkMessage {
  std::uint16_t type = 0;
  std::vector<std::uint8_t> body;

  template <class Fixed>
  [[nodiscard]] std::optional<Fixed> fixed() const {
    if (body.size() < sizeof(Fixed)) {
      return std::nullopt;
    }
    Fixed value{};
    std::memcpy(&value, body.data(), sizeof value);
    return value;
  }
  /// The attributes behind a fixed part of this size (a multiple of four).
  template <class Fixed>
  [[nodiscard]] NetlinkAttributes attributes() const {
    return NetlinkAttributes{std::span{body}.subspan(std::min(body.size(), sizeof(Fixed)))};
  }
};

struct NetlinkAnswer {
  int error = 0;  ///< the kernel's error number; 0: none
  std::vector<NetlinkMessage> messages;
};

/// A question-and-answer channel to the kernel's routing tables; needs no rights.
class Netlink {
 public:
  Netlink();
  /// Waits for the whole answer. Asks again, a few times, when a table changed while it was listed
  /// (NLM_F_DUMP_INTR); error EINTR when it never held still. Throws SystemError when the socket
  /// fails.
  [[nodiscard]] NetlinkAnswer ask(const NetlinkRequest& request);

 private:
  NetlinkAnswer ask_once(const NetlinkRequest& request);

  Fd socket_;
};

}  // namespace synroute::os
