// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/reply.hpp"
#include "wire/datagram.hpp"

#include <optional>

namespace synroute::engine {

/// Which kind of answer to a probe a packet is; nothing for packets that answer none.
///
/// Of ICMP, only errors that report the end of a probe answer it. A redirect does not: the router
/// has forwarded the probe, and its answer is still to come (RFC 792, RFC 1812 §5.2.7.2). Source
/// quench is obsolete (RFC 6633); echo messages have nothing to do with TCP.
[[nodiscard]] std::optional<model::ReplyKind> kind_of(const wire::Datagram& datagram);

}  // namespace synroute::engine
