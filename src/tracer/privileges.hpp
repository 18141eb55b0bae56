// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/capture_file.hpp"
#include "transport/raw_sockets.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace synroute::tracer {

/// What a process keeps of its permissions once it has given them up.
struct Privileges {
  std::shared_ptr<const transport::RawSockets> raw;  ///< null: raw packets are not permitted
  bool low_ports = false;                            ///< source ports below 1024 may be used
  /// The permissions came with the program (set-uid, set-gid, file capabilities) and are not the
  /// caller's own: they serve tracing only.
  bool lent = false;
  std::shared_ptr<CaptureFile> capture;  ///< where packets are recorded; null: nowhere
  bool confined = false;                 ///< a trace confines the process further when it starts
};

/// Opens what needs permissions, then gives up all permissions and confines the process to the
/// system calls it needs (os::Phase::Prepare): to be called before anything else. The environment
/// is cleared when permissions are lent. `mark` (SO_MARK; 0: none) is ignored then. `capture_path`,
/// unless empty, is opened between the two steps, as the calling user. Throws os::SystemError when
/// permissions cannot be given up.
[[nodiscard]] Privileges take_privileges(std::uint32_t mark, std::string_view capture_path);

/// Raw sockets where this process may open them, else null. Nothing is given up.
[[nodiscard]] std::shared_ptr<const transport::RawSockets> open_raw_sockets(std::uint32_t mark = 0);

}  // namespace synroute::tracer
