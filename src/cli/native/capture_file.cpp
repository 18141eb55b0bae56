// SPDX-License-Identifier: Apache-2.0
#include "cli/native/capture_file.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace synroute::cli {
namespace {

std::string cannot_read(std::string_view path, int error) {
  return fmt::format("cannot read {}: {}", sanitise(path), std::generic_category().message(error));
}

}  // namespace

Read<CaptureFile> CaptureFile::open(std::string_view path) {
  CaptureFile file;
  file.path_ = path == "-" ? "standard input" : path;
  if (path == "-") {
    return file;
  }
  const int number = ::open(file.path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) {
    return std::unexpected{cannot_read(path, errno)};
  }
  file.file_ = os::Fd{number};
  return file;
}

wire::ByteSource CaptureFile::source() {
  return [this](std::span<std::uint8_t> into) { return read(into); };
}

std::size_t CaptureFile::read(std::span<std::uint8_t> into) {
  const int number = file_.is_open() ? file_.get() : STDIN_FILENO;
  std::size_t total = 0;
  while (total < into.size() && !error_) {
    const ssize_t size = ::read(number, into.data() + total, into.size() - total);
    if (size == 0) {
      break;
    }
    if (size > 0) {
      total += static_cast<std::size_t>(size);
    } else if (errno != EINTR) {
      error_ = cannot_read(path_, errno);
    }
  }
  return total;
}

}  // namespace synroute::cli
