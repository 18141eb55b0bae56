// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "replay/packet_log.hpp"
#include "seam/transport.hpp"
#include "seam/waiter.hpp"
#include "tracer/capture_file.hpp"
#include "tracer/startup_error.hpp"

#include <memory>
#include <optional>

namespace synroute::tracer {

/// Records the packets of a run to a file; each of its sessions has a PacketTap.
class PacketRecorder {
 public:
  /// Empties the file and writes its header. Null: nothing is recorded.
  explicit PacketRecorder(std::shared_ptr<CaptureFile> file);

  [[nodiscard]] const std::shared_ptr<CaptureFile>& file() const { return file_; }
  /// The first error, of the constructor or of any write since.
  [[nodiscard]] std::optional<StartupError> error() const;

 private:
  std::shared_ptr<CaptureFile> file_;
};

/// Records what one transport sends and receives; writes what is left when it is destroyed.
class PacketTap {
 public:
  /// `clock` is the one the transport's times are of.
  PacketTap(const PacketRecorder& recorder, seam::Waiter& clock);

  /// For the transport to call with each packet received; empty when nothing is recorded.
  [[nodiscard]] seam::PacketSink sink();
  /// The transport to use instead of `inside`, which must outlive it. To be called once.
  [[nodiscard]] seam::Transport& wrap(seam::Transport& inside);

 private:
  std::optional<replay::PacketLog> log_;
  std::optional<replay::LoggedTransport> logged_;
};

}  // namespace synroute::tracer
