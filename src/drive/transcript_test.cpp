// SPDX-License-Identifier: Apache-2.0
#include "drive/transcript.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synroute::drive {
namespace {

/// Both streams in the order in which they are written.
std::string read(Transcript& transcript) {
  std::string both;
  for (const seam::Text& text : transcript.take()) {
    both += text.err + text.out;
  }
  return both;
}

TEST(Transcript, KeepsTheOrderAcrossBothStreams) {
  Transcript transcript;
  transcript.add({.out = {}, .err = "header\n"});
  transcript.add({.out = " 1  *\n", .err = {}});
  transcript.add({.out = " 2  *\n", .err = {}});
  transcript.add({.out = {}, .err = "not reached\n"});
  EXPECT_EQ(read(transcript), "header\n 1  *\n 2  *\nnot reached\n");
  EXPECT_EQ(read(transcript), "");
}

TEST(Transcript, WritesTogetherWhatMayBe) {
  Transcript transcript;
  transcript.add({.out = {}, .err = "a"});
  transcript.add({.out = {}, .err = {}});
  transcript.add({.out = "b", .err = "c"});
  transcript.add({.out = "d", .err = {}});
  EXPECT_EQ(transcript.take().size(), 1U);
}

}  // namespace
}  // namespace synroute::drive
