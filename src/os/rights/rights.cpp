// SPDX-License-Identifier: Apache-2.0
#include "os/rights/rights.hpp"

#include "os/check.hpp"

#include <climits>

#include <array>
#include <cstdint>
#include <string_view>

#include <linux/capability.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
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
static_assert(
    CAP_NET_RAW < 32 && CAP_NET_ADMIN < 32 && CAP_NET_BIND_SERVICE < 32 && CAP_SETPCAP < 32,
    "they stand in the first word");

/// Calls `give` for every capability this kernel knows, until it says no.
template <class Give>
bool for_each_capability(Give give) {
  constexpr unsigned long kMost = 64;
  for (unsigned long capability = 0; capability < kMost; ++capability) {
    if (::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) < 0) {
      return true;  // EINVAL: there is no such
    }
    if (!give(capability)) {
      return false;
    }
  }
  return true;
}

bool bounding_set_is_empty() {
  return for_each_capability(
      [](unsigned long each) { return ::prctl(PR_CAPBSET_READ, each, 0, 0, 0) == 0; });
}

bool may_empty_bounding_set() {
  Sets sets;
  if (!sets.read() || (sets.words[0].permitted & bit(CAP_SETPCAP)) == 0) {
    return false;
  }
  sets.words[0].effective |= bit(CAP_SETPCAP);
  return sets.write();
}

void empty_bounding_set() {
  for_each_capability(
      [](unsigned long each) { return ::prctl(PR_CAPBSET_DROP, each, 0, 0, 0) == 0; });
}

void become_the_caller() {
  const gid_t group = ::getgid();
  const uid_t user = ::getuid();
  check("give up the rights of the group", ::setresgid(group, group, group));
  check("give up the rights of the user", ::setresuid(user, user, user));
}

bool is_only_the_caller() {
  struct Ids {
    unsigned real = 0;
    unsigned effective = 0;
    unsigned saved = 0;
    [[nodiscard]] bool are_one() const { return real == effective && real == saved; }
  };
  Ids user;
  Ids group;
  return ::getresuid(&user.real, &user.effective, &user.saved) == 0
         && ::getresgid(&group.real, &group.effective, &group.saved) == 0 && user.are_one()
         && group.are_one();
}

}  // namespace

Rights rights() {
  Rights result;
  result.elevated_at_start = ::getauxval(AT_SECURE) != 0;
  Sets sets;
  if (sets.read()) {
    result.net_raw = (sets.words[0].effective & bit(CAP_NET_RAW)) != 0;
    result.net_raw_permitted = (sets.words[0].permitted & bit(CAP_NET_RAW)) != 0;
    result.bind_low_ports = (sets.words[0].effective & bit(CAP_NET_BIND_SERVICE)) != 0;
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

bool has_capabilities() {
  Sets sets;
  if (!sets.read()) {
    return true;  // not known to be none
  }
  for (const __user_cap_data_struct& word : sets.words) {
    if ((word.effective | word.permitted | word.inheritable) != 0) {
      return true;
    }
  }
  // A capability is ambient only while it is permitted and inheritable; asked for all the same.
  return !for_each_capability([](unsigned long each) {
    return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, each, 0, 0) != 1;
  });
}

void drop_rights() {
  const bool had_any = has_capabilities();
  const bool can_empty = !had_any || bounding_set_is_empty() || may_empty_bounding_set();
  if (had_any && can_empty) {
    empty_bounding_set();
  }
  become_the_caller();  // which may end the right to empty it, so afterwards
  const bool own_namespace = !can_empty && ::unshare(CLONE_NEWUSER) == 0;
  if (own_namespace) {
    empty_bounding_set();
  }
  Sets none;
  check("give up capabilities", none.write() ? 0 : -1);
  check("bar the way to new rights", ::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL));
  const bool emptied = !had_any || bounding_set_is_empty() || (!can_empty && !own_namespace);
  const bool barred = ::prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) == 1;
  if (has_capabilities() || !is_only_the_caller() || !emptied || !barred) {
    throw SystemError{"give up rights", EPERM};
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
