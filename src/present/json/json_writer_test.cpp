// SPDX-License-Identifier: Apache-2.0
#include "present/json/json_writer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace synroute::present::json {
namespace {

using std::chrono::nanoseconds;

template <class Value>
std::string written(const Value& value) {
  Writer writer;
  writer.value(value);
  return writer.take();
}

/// As the library writes it that wrote these documents before.
std::string of_library(const nlohmann::json& value) {
  return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

TEST(JsonWriter, SeparatesMembersAndElements) {
  Writer to;
  to.object([&] {
    to.member("a", 1);
    to.member("b", [&] { to.array([] {}); });
    to.member("c", [&] {
      to.array([&] {
        to.value(true);
        to.object([] {});
        to.value(nullptr);
        to.value("x");
      });
    });
    to.member("d", std::optional<int>{});
    to.member("e", std::optional<int>{-2});
  });
  EXPECT_EQ(to.take(), R"({"a":1,"b":[],"c":[true,{},null,"x"],"d":null,"e":-2})");
  EXPECT_EQ(to.take(), "");
}

TEST(JsonWriter, WritesTimesAsTheLibraryWritesFractions) {
  for (const std::int64_t microseconds :
       {0,
        1,
        10,
        12,
        100,
        120,
        123,
        999,
        1000,
        1001,
        1010,
        12'345,
        1'350'000,
        -1,
        -999,
        -1000,
        -12'340}) {
    const std::string text = written(Duration{std::chrono::microseconds{microseconds}});
    EXPECT_EQ(text, of_library(static_cast<double>(microseconds) / 1000));
  }
  EXPECT_EQ(written(Duration{nanoseconds{500}}), "0.0");  // half a microsecond goes to even
  EXPECT_EQ(written(Duration{nanoseconds{1500}}), "0.002");
}

TEST(JsonWriter, WritesNumbersAsTheLibraryDoes) {
  for (const double number : {0.0, 1.0, 3.0, 0.1, 2.5, 10.0, 1e-3, 123456.75}) {
    EXPECT_EQ(written(number), of_library(number));
  }
  EXPECT_EQ(
      written(std::numeric_limits<std::int64_t>::min()),
      of_library(std::numeric_limits<std::int64_t>::min()));
}

TEST(JsonWriter, EscapesEveryCharacterAsTheLibraryDoes) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string{"a"} + static_cast<char>(byte) + "b";
    EXPECT_EQ(written(text), of_library(text)) << byte;
  }
  for (const std::string text : {"", "\xc3\xa9", "\xe2\x80\xae", "\xf0\x9f\x98\x80", "\\\"/"}) {
    EXPECT_EQ(written(text), of_library(text));
  }
}

TEST(JsonWriter, ReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(written("\xe2\x80"), R"("\ufffd\ufffd")");              // cut off
  EXPECT_EQ(written("\xc0\xaf"), R"("\ufffd\ufffd")");              // overlong
  EXPECT_EQ(written("\xed\xa0\x80x"), R"("\ufffd\ufffd\ufffdx")");  // a surrogate
}

}  // namespace
}  // namespace synroute::present::json
