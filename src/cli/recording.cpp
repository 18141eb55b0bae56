// SPDX-License-Identifier: Apache-2.0
#include "cli/recording.hpp"

#include "cli/command.hpp"

#include <memory>
#include <utility>

namespace synroute::cli {
namespace {

bool is_wanted(const TraceRequest& request, const Equipment& equipment) {
  return !request.pcap.empty() && equipment.capture;
}

}  // namespace

Recording::Recording(const TraceRequest& request, const Equipment& equipment, seam::Waiter& clock) {
  if (!is_wanted(request, equipment)) {
    return;
  }
  const WallTime epoch{clock.wall().since_1970() - clock.now().since_start()};
  log_.emplace(epoch, [file = equipment.capture](auto bytes) { file->write(bytes); });
}

seam::PacketSink Recording::sink() {
  return log_
             ? seam::PacketSink{[this](Instant at, auto packet) { log_->add_received(at, packet); }}
             : seam::PacketSink{};
}

seam::Transport& Recording::around(seam::Transport& inside) {
  return log_ ? logged_.emplace(inside, *log_) : inside;
}

std::expected<void, Obstacle> begin_recording(
    const TraceRequest& request, const Equipment& equipment) {
  if (!is_wanted(request, equipment)) {
    return {};
  }
  auto begun = equipment.capture->begin(replay::PacketLog::file_start());
  return begun ? std::expected<void, Obstacle>{}
               : std::unexpected{Obstacle{ExitCode::CannotRun, std::move(begun.error())}};
}

ExitCode end_recording(const TraceRequest& request, const Equipment& equipment) {
  if (!is_wanted(request, equipment)) {
    return ExitCode::Open;
  }
  const auto checked = equipment.capture->check();
  return checked ? ExitCode::Open : complain(ExitCode::CannotRun, checked.error());
}

}  // namespace synroute::cli
