// SPDX-License-Identifier: Apache-2.0
#include "sim/line_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

namespace synroute::sim {

namespace {

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\r';
}

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number value{};
  const char* const end = std::to_address(text.end());
  const auto [stop, error] = std::from_chars(std::to_address(text.begin()), end, value);
  if (error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return value;
}

struct Unit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array kUnits{Unit{"ns", 1}, Unit{"us", 1e3}, Unit{"ms", 1e6}, Unit{"s", 1e9}};

std::optional<Duration> parse_duration(std::string_view text) {
  const auto unit_at =
      std::ranges::find_if(text, [](char letter) { return !is_digit(letter) && letter != '.'; });
  const auto length = static_cast<std::size_t>(unit_at - text.begin());
  const auto value = parse_whole<double>(text.substr(0, length));
  const auto unit = std::ranges::find(kUnits, text.substr(length), &Unit::name);
  if (!value || unit == kUnits.end()) {
    return std::nullopt;
  }
  const double nanoseconds = *value * unit->nanoseconds;
  if (nanoseconds > 3.6e12) {
    return std::nullopt;
  }
  return Duration{std::llround(nanoseconds)};
}

std::optional<PortSet::Range> parse_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_whole<std::uint16_t>(text.substr(0, dash));
  const auto last =
      dash == std::string_view::npos ? first : parse_whole<std::uint16_t>(text.substr(dash + 1));
  if (!first || !last || *first > *last) {
    return std::nullopt;
  }
  return PortSet::Range{*first, *last};
}

}  // namespace

LineWords::LineWords(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size()) {
    if (is_blank(line[at])) {
      ++at;
    } else if (line[at] == '#') {
      return;
    } else if (line[at] == '"') {
      const std::size_t end = line.find('"', at + 1);
      if (end == std::string_view::npos) {
        fail("a quoted text is not closed on its line");
        return;
      }
      words_.emplace_back(line.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {
      const std::size_t end = std::min(line.find_first_of(" \t\r#\"", at), line.size());
      words_.emplace_back(line.substr(at, end - at));
      at = end;
    }
  }
}

std::string_view LineWords::peek() const {
  return done() ? std::string_view{} : words_[at_];
}

bool LineWords::accept(std::string_view word) {
  if (done() || words_[at_] != word) {
    return false;
  }
  ++at_;
  return true;
}

std::string LineWords::next(std::string_view what) {
  if (done()) {
    fail(fmt::format("{} is missing at the end of the line", what));
    return {};
  }
  return words_[at_++];
}

std::uint64_t LineWords::number(std::string_view what, std::uint64_t least, std::uint64_t most) {
  const std::string word = next(what);
  const auto value = parse_whole<std::uint64_t>(word);
  if (!value || *value < least || *value > most) {
    fail(fmt::format("{} must be a number from {} to {}, not '{}'", what, least, most, word));
    return least;
  }
  return *value;
}

double LineWords::share() {
  const std::string word = next("a share");
  const bool has_unit = word.ends_with('%');
  const auto value = has_unit
                         ? parse_whole<double>(std::string_view{word}.substr(0, word.size() - 1))
                         : std::nullopt;
  if (!value || *value < 0 || *value > 100) {
    fail(fmt::format("'{}' is not a share: write 0% to 100%", word));
    return 0;
  }
  return *value / 100;
}

Duration LineWords::duration() {
  const std::string word = next("a time");
  const auto value = parse_duration(word);
  if (!value) {
    fail(fmt::format(
        "'{}' is not a time: write a number with its unit (us, ms or s), up to 3600s", word));
    return Duration{};
  }
  return *value;
}

IpAddress LineWords::address() {
  const std::string word = next("an address");
  const auto value = IpAddress::parse(word);
  if (!value) {
    fail(fmt::format("'{}' is not an IPv4 or IPv6 address", word));
    return {};
  }
  return *value;
}

Prefix LineWords::prefix() {
  const std::string word = next("a prefix");
  const auto value = Prefix::parse(word);
  if (!value) {
    fail(fmt::format("'{}' is not a prefix: write 192.0.2.0/24 or 2001:db8::/32", word));
    return {};
  }
  return *value;
}

PortSet LineWords::ports() {
  const std::string word = next("a list of ports");
  if (word == "all") {
    return PortSet::all();
  }
  PortSet set;
  std::string_view rest = word;
  bool good = true;
  for (bool more = true; good && more;) {
    const std::size_t comma = rest.find(',');
    const auto range = parse_range(rest.substr(0, comma));
    good = range.has_value();
    if (good) {
      set.ranges.push_back(*range);
    }
    more = comma != std::string_view::npos;
    rest.remove_prefix(more ? comma + 1 : rest.size());
  }
  if (!good) {
    fail(fmt::format("'{}' is not a list of ports: write 443 or 80,8000-8100 or all", word));
  }
  return set;
}

bool LineWords::at_number() const {
  return !peek().empty() && is_digit(peek().front());
}

bool LineWords::at_duration() const {
  return parse_duration(peek()).has_value();
}

bool LineWords::at_address() const {
  return IpAddress::parse(peek()).has_value();
}

void LineWords::fail(std::string reason) {
  if (!failure_) {
    failure_ = std::move(reason);
  }
}

}  // namespace synroute::sim
