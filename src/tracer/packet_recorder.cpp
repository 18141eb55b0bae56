// SPDX-License-Identifier: Apache-2.0
#include "tracer/packet_recorder.hpp"

#include <utility>

namespace synroute::tracer {

PacketRecorder::PacketRecorder(std::shared_ptr<CaptureFile> file) : file_{std::move(file)} {
  if (file_) {
    file_->begin(replay::PacketLog::file_start());
  }
}

std::optional<StartupError> PacketRecorder::error() const {
  auto message = file_ ? file_->error() : std::nullopt;
  return message ? std::optional{StartupError{StartupErrorKind::System, std::move(*message)}}
                 : std::nullopt;
}

PacketTap::PacketTap(const PacketRecorder& recorder, seam::Waiter& clock) {
  if (!recorder.file()) {
    return;
  }
  const WallTime epoch{clock.wall().since_1970() - clock.now().since_start()};
  log_.emplace(epoch, [file = recorder.file()](auto bytes) { file->write(bytes); });
}

seam::PacketSink PacketTap::sink() {
  return log_
             ? seam::PacketSink{[this](Instant at, auto packet) { log_->add_received(at, packet); }}
             : seam::PacketSink{};
}

seam::Transport& PacketTap::wrap(seam::Transport& inside) {
  return log_ ? logged_.emplace(inside, *log_) : inside;
}

}  // namespace synroute::tracer
