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

TEST(Sanitise, ShowsWhatATerminalDoesNotShow) {
  EXPECT_EQ(sanitise("a\u00adb"), R"(a\u{ad}b)");  // soft hyphen
  EXPECT_EQ(sanitise("\ufff9a\ufffab\ufffb"), R"(\u{fff9}a\u{fffa}b\u{fffb})");
  EXPECT_EQ(sanitise("a\U000e0041\U000e007f"), R"(a\u{e0041}\u{e007f})");  // tags
  EXPECT_EQ(sanitise("a\U000e0000"), R"(a\u{e0000})");
  EXPECT_EQ(sanitise("a\ufe0f"), R"(a\u{fe0f})");  // variation selector
  EXPECT_EQ(sanitise("\u3164"), R"(\u{3164})");    // Hangul filler
  EXPECT_EQ(sanitise("\ue000"), R"(\u{e000})");    // private use
}

TEST(Sanitise, ShowsCombiningMarksThatBelongToNoLetter) {
  EXPECT_EQ(sanitise("u\u0308 a\u0301"), "u\u0308 a\u0301");
  EXPECT_EQ(sanitise("\u0308a"), R"(\u{308}a)");
  EXPECT_EQ(sanitise("a.\u0338b"), R"(a.\u{338}b)");
  EXPECT_EQ(sanitise("a \u20dd"), R"(a \u{20dd})");
  EXPECT_EQ(sanitise("\u00ad\u0308"), R"(\u{ad}\u{308})");
  EXPECT_EQ(
      sanitise("a\u0300\u0301\u0302\u0303\u0304"),
      "a\u0300\u0301\u0302\u0303"
      R"(\u{304})");
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

TEST(Width, CountsWideCharactersTwiceAndMarksNotAtAll) {
  EXPECT_EQ(width("東京"), 4U);
  EXPECT_EQ(width("🛰"), 1U);  // not wide in Unicode 14
  EXPECT_EQ(width("🚀"), 2U);
  EXPECT_EQ(width("u\u0308"), 1U);
  EXPECT_EQ(width("\xff"), 1U);
}

TEST(Fitting, CutsBetweenCharactersAndKeepsTheirMarks) {
  EXPECT_EQ(fitting("abc", 2), "ab");
  EXPECT_EQ(fitting("東京", 3), "東");
  EXPECT_EQ(fitting("u\u0308x", 1), "u\u0308");
  EXPECT_EQ(fitting("abc", 9), "abc");
  EXPECT_EQ(fitting("東", 1), "");
}

TEST(Width, CountsCharactersNotBytes) {
  EXPECT_EQ(width("abc"), 3U);
  EXPECT_EQ(width("Zürich"), 6U);
  EXPECT_EQ(width("…"), 1U);
  EXPECT_EQ(width(""), 0U);
}

}  // namespace
}  // namespace synroute
