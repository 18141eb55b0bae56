// SPDX-License-Identifier: Apache-2.0
#include "os/network/packet_counters.hpp"

#include "os/network/netlink.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

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

std::optional<std::uint64_t> queue_drops(std::uint32_t interface) {
  tcmsg fixed{};
  fixed.tcm_family = AF_UNSPEC;
  fixed.tcm_ifindex = static_cast<int>(interface);
  const NetlinkAnswer answer = Netlink{}.ask(NetlinkRequest{RTM_GETQDISC, NLM_F_DUMP, fixed});
  std::optional<std::uint64_t> sum;
  for (const NetlinkMessage& message : answer.messages) {
    // Without a filter in old kernels. The root counts what its children drop.
    const auto queue = message.fixed<tcmsg>();
    if (!queue
        || static_cast<std::uint32_t>(queue->tcm_ifindex)
               != interface || queue->tcm_parent != TC_H_ROOT) {
      continue;
    }
    const auto value = message.attributes<tcmsg>().find(TCA_STATS);
    tc_stats stats{};
    if (value && value->size() >= offsetof(tc_stats, drops) + sizeof stats.drops) {
      std::memcpy(&stats, value->data(), std::min(value->size(), sizeof stats));
      sum = sum.value_or(0) + stats.drops;
    }
  }
  return sum;
}

std::optional<std::uint64_t> reverse_path_drops() {
  return find_counter(text_of("/proc/thread-self/net/netstat"), "TcpExt", "IPReversePathFilter");
}

}  // namespace synroute::os
