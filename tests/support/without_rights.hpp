// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synroute::test {

/// While it exists, no capability is effective in the calling thread, even for root.
class WithoutRights {
 public:
  WithoutRights() {
    ::syscall(SYS_capget, &header_, before_.data());
    auto none = before_;
    for (auto& word : none) {
      word.effective = 0;
    }
    ::syscall(SYS_capset, &header_, none.data());
  }
  WithoutRights(const WithoutRights&) = delete;
  WithoutRights& operator=(const WithoutRights&) = delete;
  ~WithoutRights() { ::syscall(SYS_capset, &header_, before_.data()); }

 private:
  __user_cap_header_struct header_{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> before_{};
};

}  // namespace synroute::test
