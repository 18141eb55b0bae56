// SPDX-License-Identifier: Apache-2.0
#include "os/terminal.hpp"

#include "os/clock.hpp"
#include "os/interruption.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace synroute::os {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// False when the text is to be dropped.
bool wait_writable(int descriptor) {
  pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
  while (true) {
    const std::optional<Duration> patience = patience_left();
    const timespec timeout = to_timespec(patience.value_or(Duration{}));
    const int ready = ::ppoll(&waiting, 1, patience ? &timeout : nullptr, waiting_mask());
    if (ready >= 0) {
      return ready > 0;
    }
    if (errno != EINTR) {
      return true;  // write() tells what is wrong
    }
  }
}

ssize_t write_some(int descriptor, std::string_view text) {
  const Interruptible interruptible;
  return ::write(descriptor, text.data(), text.size());
}

}  // namespace

bool is_terminal(int descriptor) {
  return ::isatty(descriptor) == 1;
}

std::optional<TerminalSize> terminal_size(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return std::nullopt;
  }
  return TerminalSize{.columns = size.ws_col, .rows = size.ws_row};
}

ColorEnvironment color_environment() {
  const std::string_view force = variable("CLICOLOR_FORCE");
  const std::string_view term = variable("TERM");
  return {
      .no_color = !variable("NO_COLOR").empty(),
      .force = !force.empty() && force != "0",
      .dumb = term.empty() || term == "dumb"};
}

bool wants_color(ColorWhen when, bool terminal, ColorEnvironment environment) {
  switch (when) {
    case ColorWhen::Always: return true;
    case ColorWhen::Never: return false;
    case ColorWhen::Auto: break;
  }
  if (environment.no_color) {
    return false;
  }
  return environment.force || (terminal && !environment.dumb);
}

Written write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    if (!wait_writable(descriptor)) {
      return Written::Dropped;
    }
    const ssize_t size = write_some(descriptor, text);
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EPIPE || errno == EBADF) {
      return Written::ReaderGone;
    } else if (errno != EINTR && errno != EAGAIN) {
      return Written::Failed;
    }
  }
  return Written::All;
}

void ignore_broken_pipe() {
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace synroute::os
