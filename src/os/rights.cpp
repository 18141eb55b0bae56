// SPDX-License-Identifier: Apache-2.0
#include "os/rights.hpp"

#include "os/check.hpp"

#include <climits>

#include <array>
#include <cstdint>
#include <string_view>

#include <linux/capability.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synroute::os {
namespace {

/// The capability sets of the process, as capget(2) gives them: two words of 32 each.
struct Sets {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> words{};

  bool read() { return ::syscall(SYS_capget, &header, words.data()) == 0; }
  bool write() { return ::syscall(SYS_capset, &header, words.data()) == 0; }
};

constexpr std::uint32_t bit(unsigned capability) {
  return std::uint32_t{1} << capability;
}
static_assert(CAP_NET_RAW < 32 && CAP_NET_ADMIN < 32, "both stand in the first word");

}  // namespace

Rights rights() {
  Rights result;
  result.elevated_at_start = ::getauxval(AT_SECURE) != 0;
  Sets sets;
  if (sets.read()) {
    result.net_raw = (sets.words[0].effective & bit(CAP_NET_RAW)) != 0;
    result.net_raw_permitted = (sets.words[0].permitted & bit(CAP_NET_RAW)) != 0;
    result.net_admin = (sets.words[0].effective & bit(CAP_NET_ADMIN)) != 0;
  }
  return result;
}

bool raise_net_raw() {
  Sets sets;
  if (!sets.read()) {
    return false;
  }
  if ((sets.words[0].effective & bit(CAP_NET_RAW)) != 0) {
    return true;
  }
  sets.words[0].effective |= sets.words[0].permitted & bit(CAP_NET_RAW);
  return sets.write() && rights().net_raw;
}

void drop_rights() {
  const gid_t group = ::getgid();
  const uid_t user = ::getuid();
  check("give up the rights of the group", ::setresgid(group, group, group));
  check("give up the rights of the user", ::setresuid(user, user, user));
  Sets sets;
  if (sets.read()) {
    sets.words = {};
    check("give up capabilities", sets.write() ? 0 : -1);
  }
}

std::string rights_hint() {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  const std::string_view program =
      size > 0 ? std::string_view{path.data(), static_cast<std::size_t>(size)} : "synroute";
  return "run it with sudo, or allow it once: sudo setcap cap_net_raw+ep " + std::string{program};
}

}  // namespace synroute::os
