// SPDX-License-Identifier: Apache-2.0
#include "os/network/packet_counters.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace synroute::os {
namespace {

std::string text_of(const char* path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::optional<std::uint64_t> number(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc{} && end == word.data() + word.size() ? std::optional{value}
                                                                  : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> find_counter(
    std::string_view text, std::string_view group, std::string_view name) {
  std::istringstream lines{std::string{text}};
  std::string first;
  std::string second;
  while (std::getline(lines, first) && std::getline(lines, second)) {
    std::istringstream names{first};
    std::istringstream values{second};
    std::string word;
    std::string value;
    names >> word;
    values >> value;
    if (word != std::string{group} + ":" || value != word) {
      continue;
    }
    while (names >> word && values >> value) {
      if (word == name) {
        return number(value);
      }
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> octets_sent(Family family) {
  if (family == Family::V4) {
    return find_counter(text_of("/proc/thread-self/net/netstat"), "IpExt", "OutOctets");
  }
  std::ifstream file{"/proc/thread-self/net/snmp6"};
  std::string name;
  std::string value;
  while (file >> name >> value) {
    if (name == "Ip6OutOctets") {
      return number(value);
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> reverse_path_drops() {
  return find_counter(text_of("/proc/thread-self/net/netstat"), "TcpExt", "IPReversePathFilter");
}

}  // namespace synroute::os
