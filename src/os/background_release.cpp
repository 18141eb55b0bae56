// SPDX-License-Identifier: Apache-2.0
#include "os/background_release.hpp"

#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synroute::os {

BackgroundRelease::BackgroundRelease(std::span<const int> descriptors) {
  io_uring_params settings{};
  const long ring = ::syscall(SYS_io_uring_setup, 1, &settings);  // close-on-exec by itself
  if (ring < 0) {
    return;
  }
  ring_ = Fd{static_cast<int>(ring)};
  const auto count = static_cast<unsigned>(descriptors.size());
  if (::syscall(
          SYS_io_uring_register, ring_.get(), IORING_REGISTER_FILES, descriptors.data(), count)
      < 0) {
    ring_.reset();
  }
}

}  // namespace synroute::os
