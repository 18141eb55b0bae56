// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "transport/queued_error.hpp"
#include "wire/datagram.hpp"

#include <optional>

#include <linux/errqueue.h>
#include <sys/socket.h>

namespace synroute::transport {

/// What one entry of an error queue says beside its bytes.
struct ErrorNotes {
  std::optional<sock_extended_err> error;
  std::optional<IpAddress> offender;
  std::optional<WallTime> stamp;
  int ttl = 0;
  int tos = 0;
};

[[nodiscard]] ErrorNotes error_notes(msghdr& message);

/// The packet an ICMP error came in, as far as the kernel tells.
[[nodiscard]] wire::Datagram icmp_datagram(const ErrorNotes& notes, const QueuedError& error);

}  // namespace synroute::transport
