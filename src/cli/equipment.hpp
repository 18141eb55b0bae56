// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/capture_file.hpp"
#include "cli/parser.hpp"
#include "transport/raw_sockets.hpp"

#include <cstdint>
#include <memory>

namespace synroute::cli {

/// What the process brings from the time when it still had rights.
struct Equipment {
  std::shared_ptr<const transport::RawSockets> raw;  ///< null: raw packets are not permitted
  bool low_ports = false;                            ///< source ports below 1024 may be used
  /// The rights are lent by the owner of the program (set-uid, set-gid, file capabilities), not the
  /// caller's own: he may not do with them whatever he likes.
  bool lent = false;
  std::shared_ptr<CaptureFile> capture;  ///< the file of --pcap; null: none was named
};

/// Whether a file may be opened for writing: that of --pcap, an option of the native command line.
enum class MayWrite : std::uint8_t { Nothing, Capture };

/// Opens what needs rights, then gives up all rights and confines the process to the system calls
/// it needs: to be called first of all. Of the arguments only the number behind --mark is looked
/// at, because marking sockets needs a right; the environment is cleared when rights are lent. The
/// file behind --pcap is opened when rights are gone and before no file can be written any more.
/// Throws os::SystemError when rights cannot be given up.
[[nodiscard]] Equipment equip(Words words, MayWrite may_write);

/// The value of --mark or --mark=, found without regard to anything else on the command line; the
/// last counts; 0 when there is none or it is no number below 2³².
[[nodiscard]] std::uint32_t mark_among(Words words);

}  // namespace synroute::cli
