// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/property_tables.hpp"
#include "sim/word_table.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace synroute::sim {

namespace {

constexpr std::array kExtensions{
    WordEntry{std::string_view{"right"}, ExtensionLength::Right},
    WordEntry{std::string_view{"zero"}, ExtensionLength::Zero},
    WordEntry{std::string_view{"wrong"}, ExtensionLength::Wrong},
};

constexpr std::array kLimits{
    WordEntry{std::string_view{"none"}, IcmpLimit::Kind::None},
    WordEntry{std::string_view{"linux"}, IcmpLimit::Kind::Linux},
    WordEntry{std::string_view{"ios"}, IcmpLimit::Kind::Ios},
    WordEntry{std::string_view{"junos"}, IcmpLimit::Kind::Junos},
    WordEntry{std::string_view{"nokia"}, IcmpLimit::Kind::Nokia},
    WordEntry{std::string_view{"bucket"}, IcmpLimit::Kind::Bucket},
};

constexpr std::array kErrorProperties{
    Property<ErrorStyle>{
        "quote",
        [](LineWords& words, ErrorStyle& style) {
          style.quote = words.accept("whole")
                            ? std::nullopt
                            : std::optional<std::size_t>{
                                  words.number("the bytes quoted after the IP header", 0, 1500)};
        }},
    Property<ErrorStyle>{
        "extension",
        [](LineWords& words, ErrorStyle& style) {
          style.extension = one_of(words, "the extension length", kExtensions);
          if (style.extension == ExtensionLength::Wrong) {
            style.wrong_length = number<std::uint8_t>(words, "the wrong length");
          }
        }},
    Property<ErrorStyle>{
        "quote-checksum",
        [](LineWords& words, ErrorStyle& style) {
          style.zero_inner_checksum = words.accept("zero");
          if (!style.zero_inner_checksum) {
            words.fail("write 'quote-checksum zero'");
          }
        }},
};

}  // namespace

bool read_error_property(std::string_view key, LineWords& words, ErrorStyle& error) {
  return read_by_table(kErrorProperties, key, words, error);
}

IcmpLimit read_limit(LineWords& words) {
  IcmpLimit limit;
  limit.kind = one_of(words, "the kind of limit", kLimits);
  if (limit.kind == IcmpLimit::Kind::Bucket) {
    limit.burst = static_cast<int>(words.number("the size of the bucket", 1, 1'000'000));
    if (!words.accept("refill")) {
      words.fail("write 'limit bucket BURST refill TIME'");
    }
    limit.interval = std::max(words.duration(), Duration{1});
  }
  return limit;
}

}  // namespace synroute::sim
