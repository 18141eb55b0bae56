// SPDX-License-Identifier: Apache-2.0
#include "os/rights.hpp"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include <linux/capability.h>
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
    EXPECT_FALSE(rights().net_admin);
    EXPECT_FALSE(raise_net_raw());
  }}.join();
}

TEST(Rights, CanBeRaisedWhenPermitted) {
  if (!rights().net_raw_permitted) {
    GTEST_SKIP() << "CAP_NET_RAW is not permitted here";
  }
  std::thread{[] {
    change(true);
    EXPECT_FALSE(rights().net_raw);
    EXPECT_TRUE(rights().net_raw_permitted);
    EXPECT_TRUE(raise_net_raw());
    EXPECT_TRUE(rights().net_raw);
    EXPECT_FALSE(rights().net_admin) << "raised more than asked";
  }}.join();
}

TEST(Rights, HintNamesThisProgram) {
  EXPECT_NE(rights_hint().find("setcap cap_net_raw+ep /"), std::string::npos);
  EXPECT_NE(rights_hint().find("os_test"), std::string::npos);
}

}  // namespace
}  // namespace synroute::os
