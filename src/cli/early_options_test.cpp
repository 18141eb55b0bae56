// SPDX-License-Identifier: Apache-2.0
#include "cli/early_options.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace synroute::cli {
namespace {

EarlyOptions read(std::vector<std::string_view> words) {
  return read_early_options(words);
}

TEST(EarlyOptions, FindTheLastMark) {
  EXPECT_EQ(read({"--mark", "7", "host"}).mark, 7U);
  EXPECT_EQ(read({"host", "--mark=0x10"}).mark, 16U);
  EXPECT_EQ(read({"--mark", "7", "--mark=8"}).mark, 8U);
  EXPECT_EQ(read({"--mark=4294967295"}).mark, 4294967295U);
}

TEST(EarlyOptions, HaveNoMarkWithoutANumber) {
  EXPECT_EQ(read({}).mark, 0U);
  EXPECT_EQ(read({"host", "--mark"}).mark, 0U);
  EXPECT_EQ(read({"--mark", "x"}).mark, 0U);
  EXPECT_EQ(read({"--mark=4294967296"}).mark, 0U);
  EXPECT_EQ(read({"--marks", "7"}).mark, 0U);
  EXPECT_EQ(read({"mark", "7"}).mark, 0U);
}

TEST(EarlyOptions, FindTheCaptureFile) {
  EXPECT_EQ(read({"--pcap", "a", "--pcap=b"}).capture_path, "b");
  EXPECT_EQ(read({"--pcap", "-"}).capture_path, "");
  EXPECT_EQ(read({"--pcap="}).capture_path, "");
  EXPECT_EQ(read({"host"}).capture_path, "");
}

}  // namespace
}  // namespace synroute::cli
