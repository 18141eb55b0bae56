// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <memory>
#include <string_view>

namespace synroute::lab {

namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const char* end = std::to_address(text.end());
  const auto [stop, error] = std::from_chars(std::to_address(text.begin()), end, value);
  return error == std::errc{} && stop == end ? std::optional{value} : std::nullopt;
}

/// Consumes the arguments one by one.
class Line {
 public:
  explicit Line(std::span<char* const> words) : words_{words} {}
  [[nodiscard]] bool done() const { return words_.empty(); }
  std::string_view next() {
    const std::string_view word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }
  std::optional<std::string_view> value() { return done() ? std::nullopt : std::optional{next()}; }
  [[nodiscard]] std::vector<std::string> rest() const { return {words_.begin(), words_.end()}; }

 private:
  std::span<char* const> words_;
};

/// Options that take a value.
std::optional<UsageError> take_value(Arguments& arguments, std::string_view option, Line& line) {
  const auto value = line.value();
  if (!value) {
    return fmt::format("{} needs a value", option);
  }
  if (option == "--pcap") {
    arguments.pcap = *value;
  } else if (option == "--seed") {
    arguments.seed = parse_number<std::uint64_t>(*value);
    if (!arguments.seed) {
      return fmt::format("--seed needs a number, not '{}'", *value);
    }
  } else {
    const auto port = parse_number<std::uint16_t>(*value);
    if (!port || *port == 0) {
      return fmt::format("--port needs a port, not '{}'", *value);
    }
    arguments.port = Port{*port};
  }
  return std::nullopt;
}

std::optional<UsageError> take_word(Arguments& arguments, std::string_view word, Line& line) {
  if (word == "--truth") {
    arguments.action = Action::Truth;
  } else if (word == "--list") {
    arguments.action = Action::List;
  } else if (word == "--help" || word == "-h") {
    arguments.action = Action::Help;
  } else if (word == "--ethernet") {
    arguments.ethernet = true;
  } else if (word == "--quiet" || word == "-q") {
    arguments.quiet = true;
  } else if (word == "--pcap" || word == "--seed" || word == "--port") {
    return take_value(arguments, word, line);
  } else if (word.starts_with('-')) {
    return fmt::format("unknown option {}", word);
  } else if (arguments.scenario.empty()) {
    arguments.scenario = word;
  } else {
    return fmt::format("only one scenario is allowed; write -- before the command '{}'", word);
  }
  return std::nullopt;
}

}  // namespace

std::expected<Arguments, UsageError> parse_arguments(std::span<char* const> words) {
  Arguments arguments;
  Line line{words};
  while (!line.done()) {
    const std::string_view word = line.next();
    if (word == "--") {
      arguments.command = line.rest();
      break;
    }
    if (auto error = take_word(arguments, word, line)) {
      return std::unexpected{std::move(*error)};
    }
  }
  const bool needs_scenario = arguments.action == Action::Run || arguments.action == Action::Truth;
  if (needs_scenario && arguments.scenario.empty()) {
    return std::unexpected{"no scenario given (see synroute-lab --list)"};
  }
  if (arguments.action == Action::Run && arguments.command.empty()) {
    return std::unexpected{"no command given: write -- COMMAND"};
  }
  return arguments;
}

std::string help_text() {
  return "usage: synroute-lab [OPTION...] SCENARIO -- COMMAND [ARGUMENT...]\n"
         "       synroute-lab --truth [--port N] SCENARIO\n"
         "\n"
         "Runs COMMAND, any tracer, in a private network: a simulated internet in real time behind a TUN\n"
         "device. SCENARIO is a built-in name, a file, or internet:SEED.\n"
         "\n"
         "  --truth        print what a perfect tracer would find, as JSON; runs nothing\n"
         "  --port N       for --truth: this port instead of the scenario's\n"
         "  --pcap FILE    write every packet that passes the device\n"
         "  --ethernet     a TAP device with a gateway: scamper and nmap require neighbours\n"
         "  --seed N       instead of the scenario's seed\n"
         "  -q, --quiet    do not print counters at the end\n"
         "  --list         list the built-in scenarios\n"
         "  -h, --help     print this text\n"
         "\n"
         "Exit status: that of COMMAND; 128 + N if signal N ended it; 2 for a wrong command line or\n"
         "scenario; 5 if the system does not permit it. Requires /dev/net/tun, and root or user\n"
         "namespaces.\n";
}

}  // namespace synroute::lab
