// SPDX-License-Identifier: Apache-2.0
#include "os/rights/rights.hpp"

#include "os/check.hpp"
#include "support/required_right.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <thread>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synroute::os {
namespace {

// Capabilities belong to the thread, so each test changes those of a thread of its own.

void change(bool keep_permitted) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  ::syscall(SYS_capget, &header, sets.data());
  for (auto& set : sets) {
    set.effective = 0;
    set.permitted = keep_permitted ? set.permitted : 0;
    set.inheritable = 0;
  }
  ::syscall(SYS_capset, &header, sets.data());
}

TEST(Rights, AreNoneForAnOrdinaryProcess) {
  std::thread{[] {
    change(false);
    EXPECT_FALSE(rights().net_raw);
    EXPECT_FALSE(rights().net_raw_permitted);
    EXPECT_FALSE(raise_net_raw());
  }}.join();
}

TEST(Rights, CanBeRaisedWhenPermitted) {
  if (!test::require_right(rights().net_raw_permitted, "CAP_NET_RAW among the permitted ones")) {
    return;
  }
  std::thread{[] {
    change(true);
    EXPECT_FALSE(rights().net_raw);
    EXPECT_TRUE(rights().net_raw_permitted);
    EXPECT_TRUE(raise_net_raw());
    EXPECT_TRUE(rights().net_raw);
    EXPECT_FALSE(rights().bind_low_ports) << "raised more than asked";
  }}.join();
}

/// How a process of its own ends after giving up rights: with 0 when `expectations` hold.
template <class Expectations>
[[noreturn]] void drop_and_look(Expectations expectations) {
  drop_rights();
  const Rights left = rights();
  const bool nothing = !has_capabilities() && !left.net_raw && !left.net_raw_permitted
                       && !left.bind_low_ports && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  std::_Exit(nothing && expectations() ? 0 : 1);
}

bool bounding_set_is_empty() {
  for (unsigned long each = 0; each <= CAP_LAST_CAP; ++each) {
    if (::prctl(PR_CAPBSET_READ, each, 0, 0, 0) == 1) {
      return false;
    }
  }
  return true;
}

TEST(Rights, AreGoneFromEverySetOnceGivenUp) {
  EXPECT_EXIT(drop_and_look([] { return true; }), testing::ExitedWithCode(0), "");
  if (rights().net_raw_permitted) {
    EXPECT_EXIT(drop_and_look(bounding_set_is_empty), testing::ExitedWithCode(0), "");
  }
}

TEST(Rights, OfASetUidProgramAreGoneForGood) {
  if (!test::require_right(::geteuid() == 0, "root, to look like a set-uid program")) {
    return;
  }
  const auto be_set_uid = [] {
    check("become somebody", ::setresgid(65534, 0, 0));
    check("become somebody", ::setresuid(65534, 0, 0));
    drop_and_look([] {
      return ::getuid() == 65534 && ::geteuid() == 65534 && ::getgid() == 65534
             && ::getegid() == 65534 && ::setresuid(0, 0, 0) != 0 && bounding_set_is_empty();
    });
  };
  EXPECT_EXIT(be_set_uid(), testing::ExitedWithCode(0), "");
}

TEST(Rights, LentAsOneCapabilityAreGoneAsWell) {
  if (!test::require_right(rights().net_raw_permitted, "CAP_NET_RAW among the permitted ones")) {
    return;
  }
  const auto keep_one = [] {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    sets[0].effective = sets[0].permitted = sets[0].inheritable = 1U << CAP_NET_RAW;
    check("keep one capability", ::syscall(SYS_capset, &header, sets.data()));
    check("hand it on", ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0UL, 0UL));
    drop_and_look(
        [] { return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0UL, 0UL) == 0; });
  };
  EXPECT_EXIT(keep_one(), testing::ExitedWithCode(0), "");
}

TEST(Rights, HintNamesThisProgram) {
  EXPECT_NE(rights_hint().find("setcap cap_net_raw+ep /"), std::string::npos);
  EXPECT_NE(rights_hint().find("os_test"), std::string::npos);
}

}  // namespace
}  // namespace synroute::os
