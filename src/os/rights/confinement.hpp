// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace synroute::os {

/// What a process still has to do decides which system calls it may make.
enum class Phase : std::uint8_t {
  /// Reading arguments and files, looking up names: the C library may load its name service modules
  /// and talk to their daemons.
  Prepare,
  /// Tracing: no new code, no local sockets. Names are asked for over DNS only.
  Trace,
};

/// From now on any system call that the phase has no use for ends the process at once (SIGSYS),
/// and so does one of a foreign calling convention. For good, for this thread and what it begins;
/// a later phase can only take more away. In no phase are there new programs, processes or threads,
/// files open for writing, sockets of a kind that needs rights, listening sockets, memory that is
/// both writable and executable, or signals to others. Needs drop_rights() before. Reads back that
/// the kernel took it; throws SystemError when it did not.
void confine(Phase phase);

/// False if the kernel has no system call filters: built without them, or emulated by qemu-user.
[[nodiscard]] bool has_call_filters();

/// False without call filters, and in builds with sanitizers, whose run-time libraries start
/// programs and threads. confine() then does nothing.
[[nodiscard]] bool can_confine();

}  // namespace synroute::os
