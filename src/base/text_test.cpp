// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace synroute {
namespace {

using namespace std::string_literals;

TEST(Sanitise, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(sanitise("ae1.core-2.example"), "ae1.core-2.example");
  EXPECT_EQ(sanitise("Zürich 東京 🛰"), "Zürich 東京 🛰");
  EXPECT_EQ(sanitise(""), "");
}

TEST(Sanitise, ShowsEscapeSequencesInsteadOfSendingThem) {
  EXPECT_EQ(sanitise("a\x1b[2Jb"), R"(a\x1b[2Jb)");
  EXPECT_EQ(
      sanitise("\x9b"
               "31m"),
      R"(\x9b31m)");  // C1 as a bare byte
  EXPECT_EQ(
      sanitise("\xc2\x9b"
               "31m"),
      R"(\u{9b}31m)");  // C1 as UTF-8
  EXPECT_EQ(sanitise("\x7f"), R"(\x7f)");
}

TEST(Sanitise, KeepsOneLineOneLine) {
  EXPECT_EQ(sanitise("a\r\nb\tc"), R"(a\x0d\x0ab\x09c)");
  EXPECT_EQ(
      sanitise("a\xe2\x80\xa8"
               "b"),
      R"(a\u{2028}b)");
  EXPECT_EQ(sanitise("a\0b"s), R"(a\x00b)");
}

TEST(Sanitise, ShowsWhatTurnsTextAround) {
  EXPECT_EQ(
      sanitise("moc\xe2\x80\xae"
               "elgoog"),
      R"(moc\u{202e}elgoog)");
  EXPECT_EQ(sanitise("\xe2\x81\xa6"), R"(\u{2066})");
  EXPECT_EQ(sanitise("\xd8\x9c"), R"(\u{61c})");
}

TEST(Sanitise, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(sanitise("\xff\xfe"), R"(\xff\xfe)");
  EXPECT_EQ(sanitise("\xc0\xaf"), R"(\xc0\xaf)");                  // overlong
  EXPECT_EQ(sanitise("\xe0\x80\xaf"), R"(\xe0\x80\xaf)");          // overlong
  EXPECT_EQ(sanitise("\xed\xa0\x80"), R"(\xed\xa0\x80)");          // surrogate
  EXPECT_EQ(sanitise("\xf4\x90\x80\x80"), R"(\xf4\x90\x80\x80)");  // beyond U+10FFFF
  EXPECT_EQ(sanitise("\xe2\x82"), R"(\xe2\x82)");                  // cut
  EXPECT_EQ(
      sanitise("\xe2"
               "a"),
      R"(\xe2)"
      "a");
}

TEST(Sanitise, CutsLongTextAtACharacter) {
  EXPECT_EQ(sanitise(std::string(255, 'x')), std::string(255, 'x'));
  EXPECT_EQ(sanitise(std::string(256, 'x')), std::string(255, 'x') + "...");
  EXPECT_EQ(sanitise("ab\xc3\xbc", 3), "ab...");
  EXPECT_EQ(sanitise("ab\x1b", 5), "ab...");  // never half an escape
}

bool is_safe(std::string_view text) {
  return sanitise(text, text.size()) == text;
}

TEST(Sanitise, GivesTextThatNeedsNoSanitising) {
  Random random{150};
  for (int round = 0; round < 20000; ++round) {
    std::string text(random.below(40), ' ');
    for (char& byte : text) {
      // Half of the bytes from the lead and continuation bytes that spell U+2000 to U+2FFF.
      byte = random.chance(0.5) ? static_cast<char>(random.next())
                                : "\xe2\x80\x81\xa8\xae"[random.below(5)];
    }
    const std::string safe = sanitise(text);
    EXPECT_TRUE(is_safe(safe)) << safe;
    EXPECT_TRUE(std::ranges::none_of(
        safe, [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f; }));
  }
}

TEST(Width, CountsCharactersNotBytes) {
  EXPECT_EQ(width("abc"), 3U);
  EXPECT_EQ(width("Zürich"), 6U);
  EXPECT_EQ(width("…"), 1U);
  EXPECT_EQ(width(""), 0U);
}

}  // namespace
}  // namespace synroute
