// SPDX-License-Identifier: Apache-2.0
#include "os/rights/rights.hpp"

#include "os/check.hpp"

#include <sys/capability.h>

#include <array>
#include <climits>
#include <memory>
#include <string_view>
#include <type_traits>

#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace synroute::os {
namespace {

/// The effective, permitted and inheritable capabilities of this thread.
class Sets {
 public:
  /// Those of no process.
  static Sets none() { return Sets{::cap_init()}; }
  static Sets current() { return Sets{::cap_get_proc()}; }

  /// False when the sets could not be read.
  [[nodiscard]] bool known() const { return sets_ != nullptr; }
  [[nodiscard]] bool has(cap_value_t capability, cap_flag_t set) const {
    cap_flag_value_t value = CAP_CLEAR;
    return known() && ::cap_get_flag(sets_.get(), capability, set, &value) == 0 && value == CAP_SET;
  }
  [[nodiscard]] bool are_empty() const {
    return known() && ::cap_compare(sets_.get(), none().sets_.get()) == 0;
  }
  /// Makes a permitted capability of this thread effective; false when it is not permitted.
  bool raise(cap_value_t capability) {
    return has(capability, CAP_PERMITTED)
           && ::cap_set_flag(sets_.get(), CAP_EFFECTIVE, 1, &capability, CAP_SET) == 0
           && ::cap_set_proc(sets_.get()) == 0;
  }
  int apply() { return ::cap_set_proc(sets_.get()); }

 private:
  struct Free {
    void operator()(void* sets) const { ::cap_free(sets); }
  };
  explicit Sets(cap_t sets) : sets_{sets} {}

  std::unique_ptr<std::remove_pointer_t<cap_t>, Free> sets_;
};

/// True when `holds` is for every capability this kernel knows.
template <class Holds>
bool all_capabilities(Holds holds) {
  for (cap_value_t capability = 0; capability < ::cap_max_bits(); ++capability) {
    if (!holds(capability)) {
      return false;
    }
  }
  return true;
}

bool bounding_set_is_empty() {
  return all_capabilities([](cap_value_t each) { return ::cap_get_bound(each) == 0; });
}

void empty_bounding_set() {
  all_capabilities([](cap_value_t each) { return ::cap_drop_bound(each) == 0; });
}

void become_the_caller() {
  const gid_t group = ::getgid();
  const uid_t user = ::getuid();
  check("give up the permissions of the group", ::setresgid(group, group, group));
  check("give up the permissions of the user", ::setresuid(user, user, user));
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

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);  // else what is needed may fail, and says so
  }
}

std::size_t descriptor_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

Rights rights() {
  Rights result;
  result.elevated_at_start = ::getauxval(AT_SECURE) != 0;
  const Sets sets = Sets::current();
  result.net_raw = sets.has(CAP_NET_RAW, CAP_EFFECTIVE);
  result.net_raw_permitted = sets.has(CAP_NET_RAW, CAP_PERMITTED);
  result.bind_low_ports = sets.has(CAP_NET_BIND_SERVICE, CAP_EFFECTIVE);
  return result;
}

bool raise_net_raw() {
  return rights().net_raw || (Sets::current().raise(CAP_NET_RAW) && rights().net_raw);
}

bool has_capabilities() {
  // The kernel keeps a capability ambient only while it is permitted and inheritable
  // (capabilities(7)). Asking for each of them would be 82 calls at every start.
  return !Sets::current().are_empty();
}

void drop_rights() {
  const bool had_any = has_capabilities();
  const bool can_empty = !had_any || bounding_set_is_empty() || Sets::current().raise(CAP_SETPCAP);
  if (had_any && can_empty) {
    empty_bounding_set();
  }
  become_the_caller();  // which may end the right to empty it, so afterwards
  const bool own_namespace = !can_empty && ::unshare(CLONE_NEWUSER) == 0;
  if (own_namespace) {
    empty_bounding_set();
  }
  check("give up capabilities", Sets::none().apply());
  check("set no_new_privs", ::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL));
  const bool emptied = !had_any || bounding_set_is_empty() || (!can_empty && !own_namespace);
  const bool barred = ::prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) == 1;
  if (has_capabilities() || !is_only_the_caller() || !emptied || !barred) {
    throw SystemError{"drop permissions", EPERM};
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
