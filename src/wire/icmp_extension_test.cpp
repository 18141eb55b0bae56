// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp_extension.hpp"

#include "wire/packets_for_tests.hpp"
#include "wire/writer.hpp"

#include <gtest/gtest.h>

namespace synroute::wire {
namespace {

using testing::address;
using testing::Bytes;
using testing::hex;
using testing::to_hex;

constexpr std::uint8_t kTimeExceededV4 = 11;
constexpr std::uint8_t kTimeExceededV6 = 3;

/// A structure around these objects, with its checksum.
Bytes structure(std::string_view objects) {
  Writer writer;
  writer.bytes(hex("2000 0000")).bytes(hex(objects));
  writer.patch_u16(2, checksum(writer.written()));
  return writer.take();
}

/// `quoted` bytes of a quote (zeros), then `extension`.
Bytes payload(std::size_t quoted, const Bytes& extension) {
  Bytes bytes(quoted);
  bytes.insert(bytes.end(), extension.begin(), extension.end());
  return bytes;
}

std::uint32_t rest(Family family, int words) {
  return length_field(family, static_cast<std::uint8_t>(words));
}

struct LabelVector {
  std::string_view name;
  std::string_view bytes;
  std::vector<MplsLabel> labels;
};

void PrintTo(const LabelVector& vector, std::ostream* out) {
  *out << vector.name;
}

class MplsVector : public ::testing::TestWithParam<LabelVector> {};

TEST_P(MplsVector, IsReadAndWrittenAlike) {
  const Bytes bytes = hex(GetParam().bytes);
  const auto extensions = read_extensions(bytes);
  ASSERT_TRUE(extensions);
  EXPECT_EQ(extensions->mpls, GetParam().labels);
  EXPECT_EQ(encode(*extensions), bytes);
}

// From public captures; the checksums are the routers'.
INSTANTIATE_TEST_SUITE_P(
    Captures,
    MplsVector,
    ::testing::Values(
        LabelVector{"OneLabel", "2000993a 00080101 04bb4101", {{19380, 0, true, 1}}},
        LabelVector{"LargeLabel", "20007856 00080101 659f0101", {{416240, 0, true, 1}}},
        LabelVector{
            "TwoLabelsWithTrafficClass",
            "20009653 000c0101 069f1801 000029ff",
            {{27121, 4, false, 1}, {2, 4, true, 255}}},
        LabelVector{
            "TwoLabels",
            "2000707d 000c0101 073d9001 0635d101",
            {{29657, 0, false, 1}, {25437, 0, true, 1}}}),
    [](const auto& test) { return std::string{test.param.name}; });

TEST(Extensions, AreRefusedWhenTheChecksumIsBad) {
  EXPECT_FALSE(read_extensions(hex("2000993b 00080101 04bb4101")));
}

TEST(Extensions, AreAcceptedWithoutAChecksum) {
  const auto extensions = read_extensions(hex("20000000 00080101 04bb4101"));
  ASSERT_TRUE(extensions);
  EXPECT_EQ(extensions->mpls.size(), 1U);
}

TEST(Extensions, AreRefusedInAnotherVersion) {
  EXPECT_FALSE(read_extensions(hex("10000000 00080101 04bb4101")));
  EXPECT_FALSE(read_extensions(hex("30000000 00080101 04bb4101")));
  EXPECT_FALSE(read_extensions(hex("200000")));
}

TEST(Extensions, KeepUnknownObjectsBetweenKnownOnes) {
  const auto extensions =
      read_extensions(structure("0006 f705 cafe  00080101 04bb4101  0004 0300"));
  ASSERT_TRUE(extensions);
  EXPECT_EQ(extensions->mpls.size(), 1U);
  EXPECT_EQ(extensions->unknown, (std::vector<UnknownObject>{{0xf7, 5, {0xca, 0xfe}}, {3, 0, {}}}));
}

TEST(Extensions, KeepAnMplsObjectOfAnotherTypeAsUnknown) {
  const auto extensions = read_extensions(structure("00080102 04bb4101"));
  ASSERT_TRUE(extensions);
  EXPECT_TRUE(extensions->mpls.empty());
  EXPECT_EQ(extensions->unknown.size(), 1U);
}

TEST(Extensions, EndAtAnObjectWhoseLengthCannotBe) {
  for (const std::string_view bad : {"0000 0101 04bb4101", "0003 0101", "00ff 0101 04bb4101"}) {
    const auto extensions = read_extensions(structure("00080101 659f0101" + std::string{bad}));
    ASSERT_TRUE(extensions);
    EXPECT_EQ(extensions->mpls, (std::vector<MplsLabel>{{416240, 0, true, 1}})) << bad;
    EXPECT_TRUE(extensions->unknown.empty()) << bad;
  }
}

TEST(Extensions, LeaveOutALabelThatIsNotWhole) {
  const auto extensions = read_extensions(structure("000a0101 04bb4101 659f"));
  ASSERT_TRUE(extensions);
  EXPECT_EQ(extensions->mpls.size(), 1U);
}

TEST(Extensions, AreBounded) {
  Extensions many;
  many.mpls.resize(200);
  EXPECT_EQ(read_extensions(encode(many))->mpls.size(), kMplsLabelsMax);
  many = {};
  many.unknown.resize(200, {9, 9, {}});
  EXPECT_EQ(read_extensions(encode(many))->unknown.size(), kExtensionObjectsMax);
}

// The checksum 0x246c is that of tcpdump's capture icmp-rfc5837.
TEST(InterfaceInfo, IsWrittenAsInTheCapture) {
  const std::string name = "This-is-the-name-of-the-Interface-that-we-are-looking-for-[:-)]";
  Extensions extensions;
  extensions.interfaces.push_back({.index = 15, .address = address("10.10.10.10"), .name = name});
  const Bytes bytes = encode(extensions);
  EXPECT_EQ(bytes.size(), 84U);
  EXPECT_EQ(
      to_hex(std::span{bytes}.first(20)),
      "2000246c"
      "0050020e"
      "0000000f"
      "00010000"
      "0a0a0a0a");
  EXPECT_EQ(bytes[20], 64);
  EXPECT_EQ(read_extensions(bytes), extensions);
}

// RFC 5837 §4.6 figures 4 to 8 give the object lengths 72, 80 and 28.
TEST(InterfaceInfo, HasTheLengthsOfTheRfc) {
  const std::string name(63, 'n');
  const auto object_size = [](const InterfaceInfo& info) {
    Extensions extensions;
    extensions.interfaces.push_back(info);
    return encode(extensions).size() - 4;
  };
  EXPECT_EQ(object_size({.index = 15, .name = name}), 72U);
  EXPECT_EQ(object_size({.index = 15, .address = address("192.0.2.1"), .name = name}), 80U);
  EXPECT_EQ(object_size({.index = 15, .address = address("2001:db8::1")}), 28U);
}

TEST(InterfaceInfo, ReadsEveryRole) {
  const auto extensions = read_extensions(
      structure("0008 0208 00000001  0008 0248 00000002  0008 0288 00000003  0008 02c8 00000004"));
  ASSERT_TRUE(extensions);
  ASSERT_EQ(extensions->interfaces.size(), 4U);
  EXPECT_EQ(extensions->interfaces[1].role, InterfaceInfo::Role::SubIp);
  EXPECT_EQ(extensions->interfaces[3].role, InterfaceInfo::Role::NextHop);
  EXPECT_EQ(extensions->interfaces[3].index, 4U);
}

TEST(InterfaceInfo, IsDroppedWhenTwoClaimOneRole) {
  const auto extensions =
      read_extensions(structure("0008 0208 00000001  0008 0208 00000002  0008 0288 00000003"));
  ASSERT_TRUE(extensions);
  ASSERT_EQ(extensions->interfaces.size(), 1U);
  EXPECT_EQ(extensions->interfaces[0].role, InterfaceInfo::Role::OutgoingIp);
}

TEST(InterfaceInfo, StopsAtANameOfLengthZero) {
  const auto extensions = read_extensions(structure("0010 020b 00000007 00000000 000005dc"));
  ASSERT_TRUE(extensions);
  ASSERT_EQ(extensions->interfaces.size(), 1U);
  EXPECT_EQ(extensions->interfaces[0].index, 7U);
  EXPECT_FALSE(extensions->interfaces[0].name);
  EXPECT_FALSE(extensions->interfaces[0].mtu);  // where it would begin nobody knows
}

TEST(InterfaceInfo, StopsAtANameBeyondTheObject) {
  const auto extensions = read_extensions(structure("000c 020a 00000007 28616263"));
  ASSERT_TRUE(extensions);
  EXPECT_FALSE(extensions->interfaces[0].name);
}

TEST(InterfaceInfo, StopsAtAnAddressOfAnUnknownFamily) {
  const auto extensions = read_extensions(structure("0010 0205 00630000 0a0a0a0a 000005dc"));
  ASSERT_TRUE(extensions);
  EXPECT_FALSE(extensions->interfaces[0].address);
  EXPECT_FALSE(extensions->interfaces[0].mtu);
}

TEST(InterfaceInfo, IgnoresTrailingData) {
  const auto extensions = read_extensions(structure("000c 0201 000005dc deadbeef"));
  ASSERT_TRUE(extensions);
  EXPECT_EQ(extensions->interfaces[0].mtu, 1500U);
}

TEST(FindExtensions, FollowsTheLengthField) {
  const Bytes extension = hex("2000993a 00080101 04bb4101");
  const auto v4 =
      find_extensions(Family::V4, kTimeExceededV4, rest(Family::V4, 40), payload(160, extension));
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->offset, 160U);
  const auto v6 =
      find_extensions(Family::V6, kTimeExceededV6, rest(Family::V6, 20), payload(160, extension));
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->offset, 160U);
}

// Two public captures say 17 words, one IPv6 capture says 10, and all begin at byte 128.
TEST(FindExtensions, LooksAtByte128WhenTheLengthIsTooSmall) {
  const Bytes bytes = payload(128, hex("2000707d 000c0101 073d9001 0635d101"));
  for (const int words : {1, 10, 17, 31}) {
    const auto found = find_extensions(Family::V4, kTimeExceededV4, rest(Family::V4, words), bytes);
    ASSERT_TRUE(found) << words;
    EXPECT_EQ(found->offset, 128U);
    EXPECT_EQ(found->extensions.mpls.size(), 2U);
  }
  EXPECT_TRUE(find_extensions(Family::V6, kTimeExceededV6, rest(Family::V6, 10), bytes));
}

TEST(FindExtensions, LooksAtByte128WithoutALength) {
  const auto found = find_extensions(
      Family::V4, kTimeExceededV4, 0, payload(128, hex("2000993a 00080101 04bb4101")));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->extensions.mpls, (std::vector<MplsLabel>{{19380, 0, true, 1}}));
}

TEST(FindExtensions, BelievesNoMissingChecksumWithoutALength) {
  const Bytes bytes = payload(128, hex("20000000 00080101 04bb4101"));
  EXPECT_FALSE(find_extensions(Family::V4, kTimeExceededV4, 0, bytes));
  EXPECT_TRUE(find_extensions(Family::V4, kTimeExceededV4, rest(Family::V4, 32), bytes));
}

TEST(FindExtensions, FindsNoneBehindTheEnd) {
  const Bytes extension = hex("2000993a 00080101 04bb4101");
  EXPECT_FALSE(
      find_extensions(Family::V4, kTimeExceededV4, rest(Family::V4, 255), payload(128, extension)));
  EXPECT_FALSE(
      find_extensions(Family::V6, kTimeExceededV6, rest(Family::V6, 255), payload(128, extension)));
  EXPECT_FALSE(find_extensions(Family::V4, kTimeExceededV4, 0, payload(128, hex("2000dfff"))));
  EXPECT_FALSE(find_extensions(Family::V4, kTimeExceededV4, 0, {}));
}

TEST(FindExtensions, FindsNoneWithABadChecksum) {
  EXPECT_FALSE(find_extensions(
      Family::V4,
      kTimeExceededV4,
      rest(Family::V4, 32),
      payload(128, hex("2000993c 00080101 04bb4101"))));
}

TEST(FindExtensions, FindsNoneWhereNoneIsAllowed) {
  const Bytes bytes = payload(128, hex("2000993a 00080101 04bb4101"));
  EXPECT_TRUE(find_extensions(Family::V4, 3, rest(Family::V4, 32), bytes));
  EXPECT_TRUE(find_extensions(Family::V4, 12, rest(Family::V4, 32), bytes));
  EXPECT_TRUE(find_extensions(Family::V6, 1, rest(Family::V6, 16), bytes));
  EXPECT_FALSE(find_extensions(Family::V4, 5, rest(Family::V4, 32), bytes));
  EXPECT_FALSE(find_extensions(Family::V6, 2, rest(Family::V6, 16), bytes));
  EXPECT_FALSE(find_extensions(Family::V6, 4, rest(Family::V6, 16), bytes));
}

Extensions random_extensions(Random& random) {
  Extensions extensions;
  extensions.mpls.resize(random.below(5));
  for (MplsLabel& label : extensions.mpls) {
    label.label = static_cast<std::uint32_t>(random.below(1 << 20));
    label.traffic_class = static_cast<std::uint8_t>(random.below(8));
    label.bottom = random.chance(0.5);
    label.ttl = static_cast<std::uint8_t>(random.next());
  }
  for (const auto role :
       {InterfaceInfo::Role::IncomingIp,
        InterfaceInfo::Role::SubIp,
        InterfaceInfo::Role::OutgoingIp,
        InterfaceInfo::Role::NextHop}) {
    if (random.chance(0.5)) {
      continue;
    }
    InterfaceInfo& info = extensions.interfaces.emplace_back();
    info.role = role;
    if (random.chance(0.5)) {
      info.index = static_cast<std::uint32_t>(random.next());
    }
    if (random.chance(0.5)) {
      info.address = address(random.chance(0.5) ? "10.1.2.3" : "2001:db8::5");
    }
    if (random.chance(0.5)) {
      info.name = std::string(random.below(64), 'e');
    }
    if (random.chance(0.5)) {
      info.mtu = static_cast<std::uint32_t>(random.next());
    }
  }
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    extensions.unknown.push_back(
        {7, static_cast<std::uint8_t>(i), testing::random_bytes(random, 9)});
  }
  return extensions;
}

TEST(Extensions, SurviveWritingAndReading) {
  Random random{4884};
  for (int round = 0; round < 5000; ++round) {
    const Extensions extensions = random_extensions(random);
    const Bytes bytes = encode(extensions);
    if (bytes.empty()) {
      EXPECT_EQ(extensions, Extensions{});
    } else {
      EXPECT_EQ(read_extensions(bytes), extensions);
    }
  }
}

TEST(Extensions, InventNothingWhenCutAnywhere) {
  Random random{5837};
  for (int round = 0; round < 50; ++round) {
    const Extensions whole = random_extensions(random);
    Bytes bytes = encode(whole);
    if (bytes.empty()) {
      continue;
    }
    bytes[2] = bytes[3] = 0;  // without a checksum the cut is not noticed at once
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      const auto read = read_extensions(std::span{bytes}.first(size));
      if (read) {
        ASSERT_LE(read->mpls.size(), whole.mpls.size());
        EXPECT_TRUE(std::equal(read->mpls.begin(), read->mpls.end(), whole.mpls.begin()));
        ASSERT_LE(read->interfaces.size(), whole.interfaces.size());
        EXPECT_TRUE(
            std::equal(read->interfaces.begin(), read->interfaces.end(), whole.interfaces.begin()));
        ASSERT_LE(read->unknown.size(), whole.unknown.size());
        EXPECT_TRUE(std::equal(read->unknown.begin(), read->unknown.end(), whole.unknown.begin()));
      }
    }
  }
}

}  // namespace
}  // namespace synroute::wire
