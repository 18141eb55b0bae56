// SPDX-License-Identifier: Apache-2.0
#include "cli/tracetcp/arguments.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <vector>

namespace synroute::cli {
namespace {

constexpr int kParserError = 255;

/// The letters, in the order in which their values are counted and their help is shown.
struct Letter {
  char letter;
  std::size_t values;
  std::string_view parameter;
  std::string_view help;
};
constexpr auto kLetters = std::to_array<Letter>({
    {'?', 0, "", "Displays help information."},
    {'F', 0, "", "Disables the anti-flood pause: as fast as replies allow."},
    {'R', 0, "", "Uses raw sockets, as this version always does."},
    {'c', 0, "", "Selects condensed output mode."},
    {'g', 1, "address", "Sends through this gateway instead of the routed one."},
    {'h', 1, "start_hop", "Starts the trace at the hop specified."},
    {'m', 1, "max_hops", "Maximum number of hops in the trace."},
    {'n', 0, "", "No reverse DNS lookups for each node."},
    {'p', 1, "num_pings", "Number of probes per hop."},
    {'r', 2, "p1 p2", "Multiple traces from port p1 to p2."},
    {'s', 2, "p1 p2", "Port scan from port p1 to p2."},
    {'t', 1, "timeout", "Time to wait for each reply, in milliseconds."},
    {'v', 0, "", "Displays version information."},
});

const Letter* find_letter(char letter) {
  const auto row = std::ranges::find(kLetters, letter, &Letter::letter);
  return row != std::end(kLetters) ? &*row : nullptr;
}

std::string version_text() {
  return "\ntracetcp v1.0.3 compatible, synroute " SYNROUTE_VERSION "\n\n";
}

std::string help_text() {
  std::string text = version_text();
  text +=
      "\nUsage:  tracetcp host [options]\n"
      "    where host = hostName|ipAddress|[ipv6Address][:portNumber|serviceName]\n"
      "    If portNumber or serviceName is not present then port 80 (http) is assumed.\n\n"
      "Options:\n";
  for (const Letter& row : kLetters) {
    text += fmt::format("    -{} {:<11}{}\n", row.letter, row.parameter, row.help);
  }
  text +=
      "\nExamples:\n"
      "    tracetcp www.example.com:80\n"
      "    tracetcp www.example.com -m 60\n"
      "    tracetcp 192.0.2.1:ssh -n -c -r 20 25\n";
  return text;
}

EarlyExit parser_error(std::string text) {
  return {.out = {}, .err = std::move(text) + "\n", .status = kParserError};
}

EarlyExit plain_error(std::string text) {
  return {.out = {}, .err = std::move(text) + "\n", .status = 0};
}

using Values = std::map<char, std::vector<std::string_view>>;

/// The words sorted to their letters; the host's letter is 0.
struct Sorted {
  Values values;
  [[nodiscard]] bool has(char letter) const { return values.contains(letter); }
};

/// The first letter of a bundle that is no option.
std::optional<char> unknown_letter(std::string_view bundle) {
  const auto bad =
      std::ranges::find_if(bundle, [](char letter) { return find_letter(letter) == nullptr; });
  return bad != bundle.end() ? std::optional{*bad} : std::nullopt;
}

std::expected<Sorted, EarlyExit> sort_words(Words words) {
  Sorted sorted;
  char current = 0;
  for (const std::string_view word : words) {
    if (word.size() >= 2 && word.front() == '-') {
      if (const auto bad = unknown_letter(word.substr(1))) {
        return std::unexpected{parser_error(fmt::format(
            "-{} is not a valid command option.", sanitise(std::string_view{&*bad, 1})))};
      }
      for (const char letter : word.substr(1)) {
        sorted.values[letter];
      }
      current = word.back();
      continue;
    }
    const bool full = current == 0 || sorted.values[current].size() >= find_letter(current)->values;
    const bool host_free = !sorted.has(0);
    sorted.values[full && host_free ? char{0} : current].push_back(word);
  }
  return sorted;
}

std::optional<EarlyExit> count_error(const Sorted& sorted) {
  const auto hosts = sorted.values.find(0);
  if (hosts != sorted.values.end() && hosts->second.size() > 1) {
    return parser_error("more than one host specified.");
  }
  for (const Letter& row : kLetters) {
    const auto given = sorted.values.find(row.letter);
    if (given != sorted.values.end() && given->second.size() != row.values) {
      const std::string_view amount = given->second.size() < row.values ? "few" : "many";
      return parser_error(
          fmt::format("option -{} has too {} parameters specified.", row.letter, amount));
    }
  }
  return std::nullopt;
}

/// Decimal digits, optionally with a plus sign and with blanks around.
std::optional<int> number(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = !text.empty() && error == std::errc{} && end == text.data() + text.size();
  return whole && text.front() != '-' ? std::optional{value} : std::nullopt;
}

/// Reads the numbers in tracetcp's order and keeps the first error.
class Numbers {
 public:
  explicit Numbers(const Sorted& sorted) : sorted_{sorted} {}

  template <class To>
  void read(char letter, std::size_t place, int first, int last, To& to) {
    const auto given = sorted_.values.find(letter);
    if (complaint_ || given == sorted_.values.end()) {
      return;
    }
    const std::string_view text = given->second[place];
    const auto value = number(text);
    if (!value) {
      complaint_ = plain_error(
          fmt::format("Invalid numeric value: \"{}\" on option -{}", sanitise(text), letter));
    } else if (*value < first || *value > last) {
      complaint_ = plain_error(fmt::format(
          "Value \"{}\" out of range: [{}..{}] on option -{}",
          sanitise(text),
          first,
          last,
          letter));
    } else {
      to = static_cast<To>(*value);
    }
  }
  [[nodiscard]] const std::optional<EarlyExit>& complaint() const { return complaint_; }

 private:
  const Sorted& sorted_;
  std::optional<EarlyExit> complaint_;
};

std::optional<EarlyExit> read_numbers(const Sorted& sorted, TracetcpArguments& to) {
  constexpr int kPortMax = std::numeric_limits<std::uint16_t>::max();
  Numbers numbers{sorted};
  numbers.read('m', 0, 1, 255, to.hops);
  numbers.read('h', 0, 1, 255, to.first_ttl);
  numbers.read('t', 0, 1, 99999, to.timeout_ms);
  numbers.read('p', 0, 1, 5, to.probes);
  for (const char letter : {'r', 's'}) {
    numbers.read(letter, 0, 0, kPortMax, to.range_first);
    numbers.read(letter, 1, 0, kPortMax, to.range_last);
  }
  to.range = sorted.has('r') || sorted.has('s');
  if (sorted.has('s')) {  // a scan goes to the host itself and overrides other options
    to.names = false;
    to.condensed = true;
    to.first_ttl = 128;
    to.hops = 1;
    to.probes = 1;
  }
  return numbers.complaint();
}

struct HostAndPort {
  std::string_view host;
  std::string_view port;
};

/// `name[:port]`, `[v6][:port]`; no port is "0".
HostAndPort split_host(std::string_view word) {
  if (const std::size_t end = word.find(']');
      word.starts_with('[') && end != std::string_view::npos) {
    std::string_view port = word.substr(end + 1);
    port.remove_prefix(port.starts_with(':') ? 1 : 0);
    return {word.substr(1, end - 1), port};
  }
  const std::size_t colon = word.find(':');
  return {word.substr(0, colon), colon != std::string_view::npos ? word.substr(colon + 1) : "0"};
}

/// 0, an empty port and a missing one mean port 80.
std::optional<EarlyExit> read_host(
    std::string_view word, const ServicePorts& services, TracetcpArguments& to) {
  const auto [host, port] = split_host(word);
  to.host = host;
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
  if (error == std::errc{} && end == port.data() + port.size()) {
    to.port = Port{value == 0 ? std::uint16_t{80} : value};
    return std::nullopt;
  }
  const auto service = port.empty() ? std::optional{Port{80}} : services(std::string{port});
  if (!service) {
    return plain_error("InetAddress::getservbyname: Service not found");
  }
  to.port = *service;
  return std::nullopt;
}

}  // namespace

std::expected<TracetcpArguments, EarlyExit> read_tracetcp(
    Words words, const ServicePorts& services) {
  const auto sorted = sort_words(words);
  if (!sorted) {
    return std::unexpected{sorted.error()};
  }
  if (auto error = count_error(*sorted)) {
    return std::unexpected{std::move(*error)};
  }
  if (sorted->has('?')) {
    return std::unexpected{EarlyExit{.out = help_text(), .err = {}, .status = 0}};
  }
  if (sorted->has('v')) {
    return std::unexpected{EarlyExit{.out = version_text(), .err = {}, .status = 0}};
  }
  TracetcpArguments arguments;
  arguments.names = !sorted->has('n');
  arguments.condensed = sorted->has('c');
  arguments.hurry = sorted->has('F');
  if (sorted->has('g') && !sorted->has('R')) {
    arguments.gateway = split_host(sorted->values.at('g').front()).host;
  }
  if (!sorted->has(0)) {
    return std::unexpected{plain_error("Host name not specified. Use -? option for help.")};
  }
  if (auto error = read_numbers(*sorted, arguments)) {
    return std::unexpected{std::move(*error)};
  }
  if (auto error = read_host(sorted->values.at(0).front(), services, arguments)) {
    return std::unexpected{std::move(*error)};
  }
  return arguments;
}

}  // namespace synroute::cli
