// SPDX-License-Identifier: Apache-2.0
#include "wire/reader.hpp"

#include "wire/writer.hpp"

#include <gtest/gtest.h>

#include <array>

namespace synroute::wire {
namespace {

constexpr std::array<std::uint8_t, 7> kBytes{1, 2, 3, 4, 5, 6, 7};

TEST(Reader, ReadsNetworkOrder) {
  Reader reader{kBytes};
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607U);
  EXPECT_EQ(reader.left(), 0U);
  EXPECT_FALSE(reader.failed());
}

TEST(Reader, StaysFailedOnceSomethingDidNotFit) {
  Reader reader{kBytes};
  reader.skip(5);
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(reader.u8(), 0);  // a byte was left, yet a failed reader gives nothing more
  EXPECT_TRUE(reader.take(0).empty());
  EXPECT_EQ(reader.left(), 0U);
}

TEST(Reader, DoesNotWrapAroundOnAHugeCount) {
  Reader reader{kBytes};
  reader.skip(1);
  EXPECT_TRUE(reader.take(static_cast<std::size_t>(-1)).empty());
  EXPECT_TRUE(reader.failed());
}

TEST(Reader, TakesWhatThereIsWhenAskedForAtMost) {
  Reader reader{kBytes};
  EXPECT_EQ(reader.take_at_most(100).size(), 7U);
  EXPECT_FALSE(reader.failed());
}

TEST(Reader, GivesNothingBehindMoreThanThereIs) {
  EXPECT_EQ(behind(kBytes, 5).size(), 2U);
  EXPECT_TRUE(behind(kBytes, 8).empty());
  EXPECT_EQ(first_at_most(kBytes, 8).size(), 7U);
}

TEST(Writer, WritesWhatReaderReads) {
  Writer writer;
  writer.u8(1).u16(0x0203).u32(0x04050607).zeros(2).bytes(kBytes);
  writer.patch_u16(7, 0x0809);
  const auto bytes = writer.take();
  Reader reader{bytes};
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607U);
  EXPECT_EQ(reader.u16(), 0x0809);
  EXPECT_EQ(reader.rest().size(), kBytes.size());
  EXPECT_EQ(writer.size(), 0U);
}

}  // namespace
}  // namespace synroute::wire
