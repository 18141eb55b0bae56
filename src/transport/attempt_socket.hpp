// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"
#include "os/network/socket_address.hpp"
#include "os/network/socket_options.hpp"
#include "wire/ip.hpp"

#include <optional>

#include <linux/tcp.h>

/// The socket of one attempt by connect().
namespace synroute::transport {

/// Not open when the limit of descriptors is reached.
[[nodiscard]] os::Fd open_attempt_socket(Family family);

/// Does one thing to a socket after another until one fails.
class Preparation {
 public:
  explicit Preparation(int descriptor) : descriptor_{descriptor} {}

  Preparation& set(int level, int name, int value = 1);
  Preparation& bind(const os::SocketAddress& address);
  Preparation& leave_by(const os::Egress& egress);
  /// The first error number, 0 when all went well.
  [[nodiscard]] int error() const { return error_; }

 private:
  Preparation& note(int result);

  int descriptor_;
  int error_ = 0;
};

/// TTL and TOS of this header, and every report that the kernel can give. An IPv6 flow label by
/// itself is another for every socket; `one_flow`: without one, which is 0.
void shape(Preparation& socket, const wire::IpHeader& ip, bool one_flow);

/// TCP_INFO; nothing when the socket has none.
[[nodiscard]] std::optional<tcp_info> state_of(int descriptor);
/// SO_ERROR, which is cleared by that.
[[nodiscard]] int pending_error(int descriptor);

}  // namespace synroute::transport
