// SPDX-License-Identifier: Apache-2.0
#include "wire/pcapng.hpp"

#include "wire/captures_for_tests.hpp"
#include "wire/packets_for_tests.hpp"
#include "wire/pcap_file.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synroute::wire {
namespace {

using namespace std::chrono_literals;
using testing::Bytes;
using testing::hex;
using testing::read_pcap;
using testing::to_hex;

/// A file in one byte order, block by block.
class Builder {
 public:
  explicit Builder(bool little) : little_{little} {}

  Builder& section() {
    return block(0x0a0d0d0a, u32(0x1a2b3c4d) + u16(1) + u16(0) + "ffffffffffffffff");
  }
  Builder& interface(unsigned link, std::string_view options = "", std::uint32_t snap = 0) {
    return block(1, u16(link) + u16(0) + u32(snap) + std::string{options});
  }
  Builder& enhanced(std::uint32_t interface, std::uint64_t ticks, std::string_view frame) {
    const auto size = static_cast<std::uint32_t>(frame.size() / 2);
    return block(
        6,
        u32(interface) + u32(static_cast<std::uint32_t>(ticks >> 32))
            + u32(static_cast<std::uint32_t>(ticks)) + u32(size) + u32(size + 1) + padded(frame));
  }
  Builder& block(std::uint32_t type, const std::string& body) {
    const auto length = static_cast<std::uint32_t>(12 + body.size() / 2);
    text_ += u32(type) + u32(length) + body + u32(length);
    return *this;
  }

  [[nodiscard]] std::string option(unsigned code, std::string_view value) const {
    return u16(code) + u16(static_cast<unsigned>(value.size() / 2)) + padded(value);
  }
  [[nodiscard]] std::string u16(unsigned value) const { return number(value, 2); }
  [[nodiscard]] std::string u32(std::uint32_t value) const { return number(value, 4); }
  [[nodiscard]] static std::string padded(std::string_view value) {
    std::string text{value};
    while (text.size() % 8 != 0) {
      text += '0';
    }
    return text;
  }
  [[nodiscard]] Bytes bytes() const { return hex(text_); }

 private:
  [[nodiscard]] std::string number(std::uint32_t value, std::size_t size) const {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
      bytes[little_ ? i : size - 1 - i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
    return to_hex(bytes);
  }

  bool little_;
  std::string text_;
};

TEST(ReadPcapng, ReadsBothByteOrdersThroughReadPcap) {
  for (const bool little : {false, true}) {
    const Bytes file = Builder{little}
                           .section()
                           .interface(1)
                           .enhanced(0, 1'700'000'000'123'456, "aabbcc")
                           .block(5, "00112233")
                           .enhanced(0, 1'700'000'000'123'457, "dd")
                           .bytes();
    const auto pcap = read_pcap(file);
    ASSERT_TRUE(pcap) << little;
    EXPECT_FALSE(pcap->damage);
    ASSERT_EQ(pcap->records.size(), 2U);
    EXPECT_EQ(pcap->records[0].link_type, LinkType::Ethernet);
    EXPECT_EQ(pcap->records[0].at, WallTime{1'700'000'000s + 123'456us});
    EXPECT_EQ(to_hex(pcap->records[0].frame), "aabbcc");
    EXPECT_EQ(pcap->records[0].original_size, 4U);
    EXPECT_EQ(to_hex(pcap->records[1].frame), "dd");
  }
}

TEST(ReadPcapng, BelievesResolutionAndOffsetOfEachInterface) {
  for (const bool little : {false, true}) {
    const Builder form{little};
    const std::string ten_seconds = little ? "0a00000000000000" : "000000000000000a";
    const Bytes file = Builder{little}
                           .section()
                           .interface(101, form.option(9, "09"))
                           .interface(113, form.option(2, "6c6f") + form.option(9, "8a"))
                           .interface(1, form.option(14, ten_seconds) + form.option(9, "00"))
                           .enhanced(0, 1'700'000'000'123'456'789, "aa")
                           .enhanced(1, (std::uint64_t{5} << 10) + 512, "bb")
                           .enhanced(2, 7, "cc")
                           .bytes();
    const auto pcap = read_pcap(file);
    ASSERT_TRUE(pcap) << little;
    ASSERT_EQ(pcap->records.size(), 3U);
    EXPECT_EQ(pcap->records[0].at, WallTime{1'700'000'000s + 123'456'789ns});
    EXPECT_EQ(pcap->records[0].link_type, LinkType::Raw);
    EXPECT_EQ(pcap->records[1].at, WallTime{5500ms});
    EXPECT_EQ(pcap->records[1].link_type, LinkType::LinuxCooked);
    EXPECT_EQ(pcap->records[2].at, WallTime{17s});
  }
}

TEST(ReadPcapng, ReadsSimplePacketsWithoutTime) {
  const Builder form{true};
  const Bytes file =
      Builder{true}.section().interface(101, "", 2).block(3, form.u32(9) + "aabb0000").bytes();
  const auto pcap = read_pcap(file);
  ASSERT_TRUE(pcap);
  ASSERT_EQ(pcap->records.size(), 1U);
  EXPECT_EQ(to_hex(pcap->records[0].frame), "aabb");
  EXPECT_EQ(pcap->records[0].original_size, 9U);
  EXPECT_FALSE(pcap->records[0].at);
}

TEST(ReadPcapng, BeginsAnewWithEachSection) {
  Bytes file = Builder{true}.section().interface(101).enhanced(0, 1, "aa").bytes();
  const Bytes second = Builder{false}.section().interface(1).enhanced(0, 2, "bb").bytes();
  file.insert(file.end(), second.begin(), second.end());
  const auto pcap = read_pcap(file);
  ASSERT_TRUE(pcap);
  ASSERT_EQ(pcap->records.size(), 2U);
  EXPECT_EQ(pcap->records[1].link_type, LinkType::Ethernet);
  EXPECT_EQ(pcap->records[1].at, WallTime{2us});
}

TEST(ReadPcapng, KeepsWhatStandsBeforeACut) {
  const Bytes whole =
      Builder{true}.section().interface(101).enhanced(0, 1, "aabbcc").enhanced(0, 2, "dd").bytes();
  std::size_t most = 0;
  for (std::size_t size = 12; size < whole.size(); ++size) {
    const auto pcap = read_pcap(std::span{whole}.first(size));
    ASSERT_TRUE(pcap) << size;
    const bool whole_blocks = size == 28 || size == 48 || size == whole.size() - 36;
    EXPECT_EQ(pcap->damage && pcap->damage->cut, !whole_blocks) << size;
    EXPECT_GE(pcap->records.size(), most);
    most = pcap->records.size();
  }
  EXPECT_EQ(most, 1U);
}

TEST(ReadPcapng, TakesTimesFromZeroAndBeyond2106) {
  const Bytes file = Builder{true}
                         .section()
                         .interface(101)
                         .enhanced(0, 0, "aa")
                         .enhanced(0, 5'000'000'000'000'000, "bb")
                         .enhanced(0, ~std::uint64_t{0}, "cc")
                         .bytes();
  const auto pcap = read_pcap(file);
  ASSERT_EQ(pcap->records.size(), 3U);
  EXPECT_EQ(pcap->records[0].at, WallTime{});
  EXPECT_EQ(pcap->records[1].at, WallTime{5'000'000'000s});
  EXPECT_FALSE(pcap->records[2].at);  // in the year 586524
}

TEST(ReadPcapng, PassesOverLargeBlocksOfOtherKinds) {
  const std::string large(4'000'000, '0');
  const Bytes file =
      Builder{true}.section().interface(101).block(10, large).enhanced(0, 1, "aa").bytes();
  const auto pcap = read_pcap(file);
  ASSERT_EQ(pcap->records.size(), 1U);
  EXPECT_FALSE(pcap->damage);
}

TEST(ReadPcapng, ReadsObsoletePacketBlocks) {
  const Builder form{true};
  const Bytes file = Builder{true}
                         .section()
                         .interface(101)
                         .block(
                             2,
                             form.u16(0) + form.u16(0) + form.u32(0) + form.u32(7) + form.u32(2)
                                 + form.u32(2) + "aabb0000")
                         .bytes();
  const auto pcap = read_pcap(file);
  ASSERT_EQ(pcap->records.size(), 1U);
  EXPECT_EQ(to_hex(pcap->records[0].frame), "aabb");
  EXPECT_EQ(pcap->records[0].at, WallTime{7us});
}

TEST(ReadPcapng, EndsAtDamageAndTellsWhere) {
  const Builder form{true};
  const auto damage_of = [](const Builder& builder) { return read_pcap(builder.bytes())->damage; };
  // A packet of an interface that is not described; a frame longer than its block; an option longer
  // than its block; ticks finer than 64 bits hold.
  const auto of_packet = damage_of(Builder{true}.section().enhanced(0, 1, "aa"));
  ASSERT_TRUE(of_packet);
  EXPECT_FALSE(of_packet->cut);
  EXPECT_EQ(of_packet->offset, 28U);
  EXPECT_TRUE(damage_of(Builder{true}.section().interface(1).block(
      6, form.u32(0) + form.u32(0) + form.u32(0) + form.u32(5) + form.u32(5) + "aabbccdd")));
  EXPECT_TRUE(damage_of(Builder{true}.section().interface(1, form.u16(9) + form.u16(8))));
  EXPECT_TRUE(damage_of(Builder{true}.section().interface(1, form.option(9, "13"))));
  const Bytes after = Builder{true}.section().interface(1).enhanced(0, 1, "aa").bytes();
  Bytes file = after;
  const Bytes bad = hex("0600000003000000aabbccdd");
  file.insert(file.end(), bad.begin(), bad.end());
  const auto pcap = read_pcap(file);
  EXPECT_EQ(pcap->records.size(), 1U);
  EXPECT_EQ(pcap->damage->offset, after.size());
}

TEST(ReadPcapng, RefusesWhatIsNone) {
  for (const std::string_view text : {"0a0d0d0a 0000001c deadbeef", "0a0d0d0a 0000001c"}) {
    EXPECT_FALSE(read_pcap(hex(text))) << text;
  }
}

}  // namespace
}  // namespace synroute::wire
