// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace synroute::os {

/// What this process may do beyond an ordinary one.
struct Rights {
  bool net_raw = false;  ///< CAP_NET_RAW is effective: raw and packet sockets can be opened
  bool net_raw_permitted = false;  ///< it is permitted, so raise_net_raw() can make it effective
  bool net_admin = false;
  bool elevated_at_start =
      false;  ///< set-uid, set-gid or file capabilities: distrust the environment
};

[[nodiscard]] Rights rights();

/// Makes CAP_NET_RAW effective when it is permitted (file capabilities without the "e" flag).
/// True when it is effective afterwards.
bool raise_net_raw();

/// Gives up for good what this process may do beyond an ordinary one of the user who called it:
/// set-uid, set-gid and all capabilities. Sockets that are open stay so. Throws SystemError.
void drop_rights();

/// What would give the right to send raw packets, in one line, with the path of this program.
[[nodiscard]] std::string rights_hint();

}  // namespace synroute::os
