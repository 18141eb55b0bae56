// SPDX-License-Identifier: Apache-2.0
#include "cli/native/file.hpp"

#include "base/text.hpp"
#include "os/fd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace synroute::cli {

namespace {

/// `file` below 0: it could not be opened, and errno says why.
Read<std::string> read_from(int file, std::string_view name, std::size_t size_limit) {
  std::string text;
  ssize_t size = file >= 0 ? 1 : -1;
  while (size > 0 && text.size() <= size_limit) {
    constexpr std::size_t kStep = 65536;
    const std::size_t before = text.size();
    text.resize(before + kStep);
    size = ::read(file, &text[before], kStep);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  }
  if (size < 0) {
    const int error = errno;
    return std::unexpected{
        fmt::format("cannot read {}: {}", sanitise(name), std::generic_category().message(error))};
  }
  text.resize(std::min(text.size(), size_limit + 1));
  return text;
}

}  // namespace

Read<std::string> read_start(const std::string& path, std::size_t size_limit) {
  const os::Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  return read_from(file.is_open() ? file.get() : -1, path, size_limit);
}

}  // namespace synroute::cli
