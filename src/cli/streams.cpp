// SPDX-License-Identifier: Apache-2.0
#include "cli/streams.hpp"

#include "os/check.hpp"
#include "os/terminal.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace synroute::cli {

void prepare_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) < 0) {
      // open() returns the lowest free number; those below have just been found open.
      os::check("open /dev/null", ::open("/dev/null", O_RDWR));
    }
  }
  os::ignore_broken_pipe();
}

bool write_out(std::string_view text) {
  switch (os::write_all(STDOUT_FILENO, text)) {
    case os::Written::All: return true;
    case os::Written::ReaderGone:
    case os::Written::Dropped: return false;
    case os::Written::Failed: break;
  }
  throw os::SystemError{"write output", errno};
}

bool write_text(const seam::Text& text) {
  // Without a reader of standard error the trace goes on: its own output is the other stream.
  os::write_all(STDERR_FILENO, text.err);
  return write_out(text.out);
}

}  // namespace synroute::cli
