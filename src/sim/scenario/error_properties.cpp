// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/property_tables.hpp"
#include "sim/scenario/word_table.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace synroute::sim {

namespace {

constexpr std::array kRejects{
    Choice{std::string_view{"tcp-reset"}, Reject::TcpReset},
    Choice{std::string_view{"net"}, Reject::Net},
    Choice{std::string_view{"host"}, Reject::Host},
    Choice{std::string_view{"protocol"}, Reject::Protocol},
    Choice{std::string_view{"port"}, Reject::Port},
    Choice{std::string_view{"net-prohibited"}, Reject::NetProhibited},
    Choice{std::string_view{"host-prohibited"}, Reject::HostProhibited},
    Choice{std::string_view{"admin"}, Reject::Admin},
    Choice{std::string_view{"beyond-scope"}, Reject::BeyondScope},
    Choice{std::string_view{"policy"}, Reject::PolicyFail},
    Choice{std::string_view{"reject-route"}, Reject::RejectRoute},
};

constexpr std::array kExtensions{
    Choice{std::string_view{"right"}, ExtensionLength::Right},
    Choice{std::string_view{"zero"}, ExtensionLength::Zero},
    Choice{std::string_view{"wrong"}, ExtensionLength::Wrong},
};

constexpr std::array kLimits{
    Choice{std::string_view{"none"}, IcmpLimit::Kind::None},
    Choice{std::string_view{"linux"}, IcmpLimit::Kind::Linux},
    Choice{std::string_view{"ios"}, IcmpLimit::Kind::Ios},
    Choice{std::string_view{"junos"}, IcmpLimit::Kind::Junos},
    Choice{std::string_view{"nokia"}, IcmpLimit::Kind::Nokia},
    Choice{std::string_view{"bucket"}, IcmpLimit::Kind::Bucket},
};

constexpr std::array kErrorProperties{
    Property<ErrorStyle>{
        "quote",
        [](Words& words, ErrorStyle& style) {
          style.quote =
              words.accept("whole")
                  ? std::nullopt
                  : std::optional<std::size_t>{words.number("bytes behind the IP header", 0, 1500)};
        }},
    Property<ErrorStyle>{
        "extension",
        [](Words& words, ErrorStyle& style) {
          style.extension = one_of(words, "length of an extension", kExtensions);
          if (style.extension == ExtensionLength::Wrong) {
            style.wrong_length = number<std::uint8_t>(words, "the wrong length");
          }
        }},
    Property<ErrorStyle>{
        "quote-checksum",
        [](Words& words, ErrorStyle& style) {
          style.zero_inner_checksum = words.accept("zero");
          if (!style.zero_inner_checksum) {
            words.fail("write 'quote-checksum zero'");
          }
        }},
};

}  // namespace

bool read_error_property(std::string_view key, Words& words, ErrorStyle& error) {
  return read_by_table(kErrorProperties, key, words, error);
}

Reject read_reject(Words& words) {
  return one_of(words, "way to reject", kRejects);
}

IcmpLimit read_limit(Words& words) {
  IcmpLimit limit;
  limit.kind = one_of(words, "limit", kLimits);
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
