// SPDX-License-Identifier: Apache-2.0
#include "tracer/capture_file.hpp"

#include "base/text.hpp"
#include "os/terminal.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace synroute::tracer {

CaptureFile::CaptureFile(std::string_view path)
    : path_{path},
      file_{::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666)},
      error_{file_.is_open() ? 0 : errno} {}

void CaptureFile::begin(std::span<const std::uint8_t> header) {
  // EINVAL: a pipe or a device has no length.
  if (error_ == 0 && ::ftruncate(file_.get(), 0) < 0 && errno != EINVAL) {
    error_ = errno;
  }
  write(header);
}

void CaptureFile::write(std::span<const std::uint8_t> bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as the characters they are
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  if (error_ != 0) {
    return;
  }
  switch (os::write_all(file_.get(), {text, bytes.size()})) {
    case os::Written::All: break;
    case os::Written::ReaderGone: error_ = EPIPE; break;
    case os::Written::Dropped: error_ = ETIMEDOUT; break;
    case os::Written::Failed: error_ = errno; break;
  }
}

std::optional<std::string> CaptureFile::error() const {
  if (error_ == 0) {
    return std::nullopt;
  }
  return fmt::format(
      "cannot write {}: {}", sanitise(path_), std::generic_category().message(error_));
}

}  // namespace synroute::tracer
