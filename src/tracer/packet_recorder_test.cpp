// SPDX-License-Identifier: Apache-2.0
#include "tracer/packet_recorder.hpp"

#include <gtest/gtest.h>

namespace synroute::tracer {
namespace {

TEST(PacketRecorder, RecordsNothingWithoutAFile) {
  const PacketRecorder recorder{nullptr};
  EXPECT_FALSE(recorder.error());
}

TEST(PacketRecorder, NamesTheFileThatCannotBeOpened) {
  const PacketRecorder recorder{std::make_shared<CaptureFile>("/no/such/folder/file.pcap")};
  ASSERT_TRUE(recorder.error());
  EXPECT_EQ(
      recorder.error()->message,
      "cannot write /no/such/folder/file.pcap: No such file or directory");
  EXPECT_EQ(recorder.error()->kind, StartupErrorKind::System);
}

TEST(PacketRecorder, FindsAFullDiskWhileWriting) {
  const auto file = std::make_shared<CaptureFile>("/dev/full");
  EXPECT_FALSE(file->error());
  const PacketRecorder recorder{file};
  ASSERT_TRUE(recorder.error());
  EXPECT_EQ(recorder.error()->message, "cannot write /dev/full: No space left on device");
}

}  // namespace
}  // namespace synroute::tracer
