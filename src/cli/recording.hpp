// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/equipment.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan.hpp"
#include "cli/request.hpp"
#include "replay/packet_log.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"

#include <expected>
#include <optional>

namespace synroute::cli {

/// Writes down what passes, where --pcap asks for it; else it is nothing.
class Recording {
 public:
  Recording(const TraceRequest& request, const Equipment& equipment, seam::Waiter& clock);

  /// For the transport; empty when nothing is written.
  [[nodiscard]] seam::PacketSink sink();
  /// The transport to be used instead of `inside`; both must outlive what uses them.
  [[nodiscard]] seam::Transport& around(seam::Transport& inside);

 private:
  std::optional<replay::PacketLog> log_;
  std::optional<replay::LoggedTransport> logged_;
};

/// Empties the file of --pcap: to be called when nothing else can fail any more.
[[nodiscard]] std::expected<void, Obstacle> begin_recording(
    const TraceRequest& request, const Equipment& equipment);
/// Says so, and gives the status for it, when not all could be written.
[[nodiscard]] ExitCode end_recording(const TraceRequest& request, const Equipment& equipment);

}  // namespace synroute::cli
