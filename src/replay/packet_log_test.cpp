// SPDX-License-Identifier: Apache-2.0
#include "replay/packet_log.hpp"

#include "wire/captures_for_tests.hpp"
#include "wire/packets_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::replay {
namespace {

using namespace std::chrono_literals;
using wire::testing::Bytes;
using wire::testing::hex;
using wire::testing::to_hex;

constexpr WallTime kEpoch{1'700'000'000s};

/// The file a log writes.
struct Written {
  Bytes file = PacketLog::file_start();

  [[nodiscard]] ByteSink sink() {
    return [this](std::span<const std::uint8_t> piece) {
      file.insert(file.end(), piece.begin(), piece.end());
    };
  }
  [[nodiscard]] std::vector<std::pair<Duration, std::string>> packets() const {
    std::vector<std::pair<Duration, std::string>> result;
    const auto pcap = wire::testing::read_pcap(file);
    for (const wire::testing::KeptRecord& record : pcap->records) {
      result.emplace_back(record.at->since_1970() - kEpoch.since_1970(), to_hex(record.frame));
    }
    return result;
  }
};
using Packets = std::vector<std::pair<Duration, std::string>>;

TEST(PacketLog, WritesInTheOrderOfTimeWithKernelTimestamps) {
  Written written;
  {
    PacketLog log{kEpoch, written.sink()};
    log.add_outgoing(1, hex("aa"));
    log.add_outgoing(2, hex("bb"));
    log.confirm_sent(1, Instant{10ms});
    log.confirm_sent(2, Instant{11ms});
    log.add_received(Instant{20ms}, hex("cc"));
    log.confirm_sent(2, Instant{12ms});
    log.confirm_sent(1, Instant{13ms});
    EXPECT_TRUE(written.packets().empty());
  }
  EXPECT_EQ(written.packets(), (Packets{{12ms, "bb"}, {13ms, "aa"}, {20ms, "cc"}}));
}

TEST(PacketLog, LeavesOutPacketsThisHostDidNotSend) {
  Written written;
  {
    PacketLog log{kEpoch, written.sink()};
    log.add_outgoing(1, hex("aa"));
    log.add_outgoing(2, hex("bb"));
    log.drop_outgoing(1);
    log.confirm_sent(2, Instant{5ms});
  }
  EXPECT_EQ(written.packets(), (Packets{{5ms, "bb"}}));
}

TEST(PacketLog, ConfirmsPacketsOfOneTokenInOrder) {
  Written written;
  {
    PacketLog log{kEpoch, written.sink()};
    for (const std::string_view packet : {"aa", "bb", "cc"}) {
      log.add_outgoing(9, hex(packet));
    }
    log.confirm_sent(9, Instant{1ms});
    log.drop_outgoing(9);
    log.confirm_sent(9, Instant{3ms});
  }
  EXPECT_EQ(written.packets(), (Packets{{1ms, "aa"}, {3ms, "cc"}}));
}

TEST(PacketLog, WritesBeforeTheEndOnLongRuns) {
  Written written;
  PacketLog log{kEpoch, written.sink()};
  for (int i = 0; i < 1000; ++i) {
    log.add_received(Instant{i * 10ms}, hex("aa"));
  }
  EXPECT_GT(written.packets().size(), 500U);
  EXPECT_LT(written.packets().size(), 1000U);
}

}  // namespace
}  // namespace synroute::replay
