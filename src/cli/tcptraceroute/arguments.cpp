// SPDX-License-Identifier: Apache-2.0
#include "cli/tcptraceroute/arguments.hpp"

#include "base/text.hpp"
#include "cli/tcptraceroute/classic_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

namespace synroute::cli {
namespace {

using Arguments = TcptracerouteArguments;

/// Scripts look for the version whose behaviour is kept.
constexpr std::string_view kBanner =
    "\n"
    "tcptraceroute 1.5beta7 (Synroute " SYNROUTE_VERSION
    ")\n"
    "Copyright (c) 2026 The Synroute maintainers\n"
    "Free software under the Apache License, version 2.0; see tcptraceroute(1)\n"
    "\n";

/// Byte-identical, including the bracket that tcptraceroute lacks; the manual lists all options.
constexpr std::string_view kSynopsis =
    "Usage: {} [-nNFSAE] [-i <interface>] [-f <first ttl>]\n"
    "       [-l <packet length>] [-q <number of queries>] [-t <tos>]\n"
    "       [-m <max ttl>] [-pP] <source port>] [-s <source address>]\n"
    "       [-w <wait time>] <host> [destination port] [packet length]\n"
    "\n";

constexpr std::string_view kDebugBanner =
    "debug: tcptraceroute 1.5beta7 (Synroute " SYNROUTE_VERSION
    ")\n"
    "debug: sends through a raw socket, listens on a packet socket of all devices\n";

constexpr std::uint64_t kMaxLength = 65535;
constexpr std::uint64_t kMaxQueries = 1000;
constexpr std::uint64_t kMaxTtl = 255;
constexpr auto kMaxWait = std::chrono::hours{24};

EarlyExit usage(std::string_view program, std::string_view complaint = {}) {
  return {
      .out = std::string{kBanner},
      .err = fmt::format("{}{}", complaint, fmt::format(fmt::runtime(kSynopsis), program)),
      .status = 1};
}

EarlyExit version() {
  return {.out = std::string{kBanner}, .err = {}, .status = 0};
}

EarlyExit failure(std::string line) {
  return {.out = {}, .err = std::move(line) + "\n", .status = 1};
}

/// Digits only; a number that does not fit becomes the largest that does.
std::optional<std::uint64_t> read_digits(std::string_view text) {
  if (!is_all_digits(text)) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? value : std::numeric_limits<std::uint64_t>::max();
}

/// Digits, optionally with a point and more digits.
std::optional<Duration> read_wait(std::string_view text) {
  const std::size_t point = text.find('.');
  const bool fraction = point != std::string_view::npos;
  if (!is_all_digits(text.substr(0, point))
      || (fraction && !is_all_digits(text.substr(point + 1)))) {
    return std::nullopt;
  }
  const Duration beyond = kMaxWait + std::chrono::seconds{1};
  return read_seconds(text).value_or(beyond);
}

/// The long options, by name.
struct LongOption {
  std::string_view name;
  void (*apply)(Arguments& to);
};
constexpr auto kNoEffect = [](Arguments&) {};
constexpr auto kLongOptions = std::to_array<LongOption>({
    {"--dnat", [](Arguments& to) { to.dnat = present::DnatDisplay::Show; }},
    {"--no-dnat", [](Arguments& to) { to.dnat = present::DnatDisplay::Accept; }},
    {"--no-dnat-strict", [](Arguments& to) { to.dnat = present::DnatDisplay::Strict; }},
    {"--track-port", [](Arguments& to) { to.track_port = true; }},
    {"--track-id", [](Arguments& to) { to.track_port = false; }},
    {"--track-ipid", [](Arguments& to) { to.track_port = false; }},
    {"--no-filter", [](Arguments& to) { to.any_icmp = true; }},
    {"--os-syn", [](Arguments& to) { to.os_syn = true; }},
    {"--sequential", [](Arguments& to) { to.sequential = true; }},
    // These chose how packets are read and devices found; both work everywhere now.
    {"--select", kNoEffect},
    {"--no-select", kNoEffect},
    {"--no-getinterfaces", kNoEffect},
});

/// The letters, and whether a value belongs to them.
constexpr std::string_view kSwitches = "hvdnNFSAE46";
constexpr std::string_view kWithValue = "ilfmPpqwst";

/// One reading of a command line.
class Reader {
 public:
  Reader(Words words, const TcptracerouteSetting& setting)
      : setting_{setting}, words_{words.begin(), words.end()} {}

  std::expected<Arguments, EarlyExit> read();

 private:
  using Stop = std::optional<EarlyExit>;

  [[nodiscard]] Stop take_long_options();
  [[nodiscard]] Stop take_letters();
  [[nodiscard]] Stop take_cluster(std::string_view letters);
  [[nodiscard]] Stop apply_switch(char letter);
  [[nodiscard]] Stop apply_value(char letter, std::string_view value);
  [[nodiscard]] Stop apply_number(char letter, std::string_view value);
  [[nodiscard]] Stop take_operands();
  [[nodiscard]] std::string source_hint() const;

  const TcptracerouteSetting& setting_;
  std::vector<std::string_view> words_;
  std::size_t next_ = 0;  ///< the next word
  std::vector<std::string_view> operands_;
  std::string_view behind_syn_;  ///< the word that follows -S
  Arguments arguments_;
};

std::expected<Arguments, EarlyExit> Reader::read() {
  for (const auto pass :
       {&Reader::take_long_options, &Reader::take_letters, &Reader::take_operands}) {
    if (Stop stop = (this->*pass)()) {
      const std::string debug{arguments_.debug ? kDebugBanner : ""};
      stop->err.insert(0, debug);
      return std::unexpected{std::move(*stop)};
    }
  }
  return std::move(arguments_);
}

/// Words before "--" that begin with two dashes must be long options, even after a letter that
/// takes a value.
Reader::Stop Reader::take_long_options() {
  const auto end = std::ranges::find(words_, std::string_view{"--"});
  std::vector<std::string_view> rest;
  for (auto word = words_.begin(); word != end; ++word) {
    if (!word->starts_with("--")) {
      rest.push_back(*word);
      continue;
    }
    if (*word == "--help") {
      return usage(setting_.program);
    }
    if (*word == "--version") {
      return version();
    }
    const auto option = std::ranges::find(kLongOptions, *word, &LongOption::name);
    if (option == std::end(kLongOptions)) {
      return usage(
          setting_.program, fmt::format("Unknown command line argument: {}\n", sanitise(*word)));
    }
    option->apply(arguments_);
  }
  rest.insert(rest.end(), end, words_.end());
  words_ = std::move(rest);
  return std::nullopt;
}

Reader::Stop Reader::take_letters() {
  bool only_operands = false;
  while (next_ < words_.size()) {
    const std::string_view word = words_[next_++];
    if (only_operands || word.size() < 2 || word.front() != '-') {
      operands_.push_back(word);
      only_operands = only_operands || setting_.posixly_correct;
    } else if (word == "--") {
      only_operands = true;
    } else if (Stop stop = take_cluster(word.substr(1))) {
      return stop;
    }
  }
  return std::nullopt;
}

Reader::Stop Reader::take_cluster(std::string_view letters) {
  while (!letters.empty()) {
    const char letter = letters.front();
    letters.remove_prefix(1);
    Stop stop;
    if (kSwitches.find(letter) != std::string_view::npos) {
      stop = apply_switch(letter);
      if (letter == 'S' && letters.empty() && next_ < words_.size()) {
        behind_syn_ = words_[next_];
      }
    } else if (kWithValue.find(letter) == std::string_view::npos) {
      const std::string shown = sanitise(std::string{'-', letter});
      stop = usage(setting_.program, fmt::format("Unknown command line argument: {}\n", shown));
    } else if (letters.empty() && next_ == words_.size()) {
      stop = failure(fmt::format("Argument required for -{}", letter));
    } else {
      const std::string_view value = letters.empty() ? words_[next_++] : letters;
      letters = {};
      stop = apply_value(letter, value);
    }
    if (stop) {
      return stop;
    }
  }
  return std::nullopt;
}

Reader::Stop Reader::apply_switch(char letter) {
  switch (letter) {
    case 'h': return usage(setting_.program);
    case 'v': return version();
    case 'd': arguments_.debug = true; break;
    case 'n': arguments_.names = tracer::HopNames::None; break;
    case 'N': arguments_.names = tracer::HopNames::All; break;
    case 'F': arguments_.dont_fragment = true; break;
    case 'S': arguments_.syn = true; break;
    case 'A': arguments_.ack = true; break;
    case 'E': arguments_.ecn = true; break;
    case '4': arguments_.family = Family::V4; break;
    case '6': arguments_.family = Family::V6; break;
    default: break;
  }
  return std::nullopt;
}

Reader::Stop Reader::apply_value(char letter, std::string_view value) {
  const bool chooses_port = letter == 'p' || letter == 'P';
  if ((chooses_port || letter == 's') && !setting_.may_choose_source) {
    return failure(fmt::format("Sorry, must be root to use -{}", chooses_port ? 'p' : 's'));
  }
  switch (letter) {
    case 'i': arguments_.device = value; break;
    case 's': arguments_.source = value; break;
    default: return apply_number(letter, value);
  }
  return std::nullopt;
}

Reader::Stop Reader::apply_number(char letter, std::string_view value) {
  const auto read = read_digits(value);
  const auto wait = read_wait(value);
  if (letter == 'w' ? !wait : !read) {
    return failure(fmt::format("Numeric argument required for -{}", letter));
  }
  const std::uint64_t number = read.value_or(0);
  switch (letter) {
    case 'f': arguments_.first_ttl = number; break;
    case 'm': arguments_.last_ttl = number; break;
    case 'q': arguments_.queries = number; break;
    case 'l': arguments_.length = number; break;
    case 't': arguments_.tos = number; break;
    case 'w': arguments_.wait = wait.value_or(Duration{}); break;
    case 'p':
    case 'P':
      arguments_.local_port = number;
      arguments_.take_port = letter == 'P';
      break;
    default: break;
  }
  return std::nullopt;
}

Reader::Stop Reader::take_operands() {
  constexpr std::size_t kMost = 3;
  if (operands_.empty() || operands_.size() > kMost) {
    return usage(setting_.program, source_hint());
  }
  arguments_.host = operands_[0];
  if (operands_.size() > 1) {
    const auto number = read_digits(operands_[1]);
    const auto port = number ? std::nullopt : setting_.services(std::string{operands_[1]});
    if (number ? *number > std::numeric_limits<std::uint16_t>::max() : !port) {
      EarlyExit words = failure(fmt::format("Unknown port: {}", sanitise(operands_[1])));
      words.err += source_hint();
      return words;
    }
    arguments_.port = port.value_or(Port{static_cast<std::uint16_t>(number.value_or(0))});
  }
  if (operands_.size() > 2) {
    const auto length = read_digits(operands_[2]);
    if (!length || *length > kMaxLength) {
      return failure(fmt::format("Bad packet length: {}", sanitise(operands_[2])));
    }
    arguments_.length = *length;
  }
  return std::nullopt;
}

/// Some guides claim that -S sets the source address. It sets the SYN flag, so the word after it
/// becomes the target.
std::string Reader::source_hint() const {
  const bool taken_for_target = !operands_.empty() && operands_[0] == behind_syn_;
  const bool is_address =
      read_classic_address(behind_syn_).has_value() || IpAddress::parse(behind_syn_).has_value();
  return taken_for_target && is_address && operands_.size() > 1
             ? fmt::format(
                   "-S sets the SYN flag; to set the source address use -s {}\n", behind_syn_)
             : "";
}

}  // namespace

std::expected<TcptracerouteArguments, EarlyExit> read_tcptraceroute(
    Words words, const TcptracerouteSetting& setting) {
  return Reader{words, setting}.read();
}

std::optional<std::string> range_error(const TcptracerouteArguments& arguments) {
  const std::uint64_t first = arguments.first_ttl;
  const std::uint64_t last = arguments.last_ttl;
  if (first == 0 || last == 0) {
    return "TTL must be greater than 0";
  }
  if (first > kMaxTtl || last > kMaxTtl) {
    return "TTL must be less than 256";
  }
  if (first > last) {
    return fmt::format("Minimum TTL ({}) must be less than maximum TTL ({})", first, last);
  }
  if (arguments.queries == 0) {
    return "Number of queries must be at least 1";
  }
  if (arguments.queries > kMaxQueries) {
    return fmt::format("Number of queries must be at most {}", kMaxQueries);
  }
  if (arguments.wait == Duration{0}) {
    return "Timeout must be at least 1";
  }
  if (arguments.wait > kMaxWait) {
    return fmt::format("Timeout must be at most {}", std::chrono::seconds{kMaxWait}.count());
  }
  if (arguments.tos > std::numeric_limits<std::uint8_t>::max()) {
    return "TOS must be less than 256";
  }
  if (arguments.length > kMaxLength) {
    return fmt::format("Packet length must be less than {}", kMaxLength + 1);
  }
  return std::nullopt;
}

std::string_view tcptraceroute_debug_banner() {
  return kDebugBanner;
}

}  // namespace synroute::cli
