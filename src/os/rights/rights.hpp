// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace synroute::os {

/// What this process may do beyond an ordinary one.
struct Rights {
  bool net_raw = false;  ///< CAP_NET_RAW is effective: raw and packet sockets can be opened
  bool net_raw_permitted = false;  ///< it is permitted, so raise_net_raw() can make it effective
  bool bind_low_ports = false;     ///< CAP_NET_BIND_SERVICE: ports below 1024
  /// Set-uid, set-gid or file capabilities: the rights are lent to whoever calls, whose environment
  /// is not to be trusted.
  bool elevated_at_start = false;
};

[[nodiscard]] Rights rights();
/// Raises the number of files this process may have open to the most it may permit itself: each
/// connection that is being tried is one.
void raise_descriptor_limit();
/// How many files this process may have open.
[[nodiscard]] std::size_t descriptor_limit();

/// Makes CAP_NET_RAW effective when it is permitted (file capabilities without the "e" flag).
/// True when it is effective afterwards.
bool raise_net_raw();

/// Gives up for good what this process may do beyond an ordinary one of the user who called it:
/// set-uid, set-gid, the capabilities in all five sets of the calling thread, and the chance to
/// gain any by starting a program (no_new_privs). Sockets that are open stay so. Reads back what
/// the kernel made of it, and throws SystemError when something is left.
///
/// Emptying the bounding set takes a right (CAP_SETPCAP) that a file capability does not bring; the
/// process then enters a user namespace of its own, where everybody has it. Where that is forbidden
/// too the bounding set stays, without effect: it bounds what a started program could gain.
void drop_rights();

/// Whether any capability is left, in whatever set (capabilities(7)), the bounding set excepted.
[[nodiscard]] bool has_capabilities();

/// What would give the right to send raw packets, in one line, with the path of this program.
[[nodiscard]] std::string rights_hint();

}  // namespace synroute::os
