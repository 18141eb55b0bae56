// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/property_tables.hpp"
#include "sim/word_table.hpp"
#include "wire/icmp_extension.hpp"

#include <array>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>

namespace synroute::sim {

namespace {

constexpr std::array kBalances{
    WordEntry{std::string_view{"flow"}, Balance::Flow},
    WordEntry{std::string_view{"destination"}, Balance::Destination},
    WordEntry{std::string_view{"label"}, Balance::Label},
    WordEntry{std::string_view{"packet"}, Balance::Packet},
};

constexpr std::array kReplySources{
    WordEntry{std::string_view{"incoming"}, ReplySource::Incoming},
    WordEntry{std::string_view{"outgoing"}, ReplySource::Outgoing},
    WordEntry{std::string_view{"loopback"}, ReplySource::Loopback},
};

/// LABEL[/CLASS[/TTL]], all numbers.
wire::MplsLabel read_label(LineWords& words) {
  const std::string word = words.next("an MPLS label");
  std::array<std::uint32_t, 3> parts{0, 0, 1};
  const std::string slashed = "/" + word;
  std::string_view rest = slashed;
  bool good = true;
  for (std::size_t part = 0; good && !rest.empty(); ++part) {
    good = part < parts.size() && rest.front() == '/';
    rest.remove_prefix(1);
    if (good) {
      const char* const first = std::to_address(rest.begin());
      const auto [stop, error] = std::from_chars(first, std::to_address(rest.end()), parts[part]);
      good = error == std::errc{};
      rest.remove_prefix(static_cast<std::size_t>(stop - first));
    }
  }
  if (!good || parts[0] > 0xfffff || parts[1] > 7 || parts[2] > 255) {
    words.fail(fmt::format(
        "'{}' is not an MPLS label: write LABEL, LABEL/CLASS or LABEL/CLASS/TTL", word));
    return {};
  }
  return {
      .label = parts[0],
      .traffic_class = static_cast<std::uint8_t>(parts[1]),
      .bottom = false,
      .ttl = static_cast<std::uint8_t>(parts[2])};
}

void need_extension(RouterSettings& router) {
  if (router.error.extension == ExtensionLength::None) {
    router.error.extension = ExtensionLength::Right;
  }
}

void read_labels(LineWords& words, RouterSettings& router) {
  router.labels.clear();
  do {
    router.labels.push_back(read_label(words));
  } while (words.at_number() && !words.failed());
  router.labels.back().bottom = true;
  need_extension(router);
}

void read_slow(LineWords& words, RouterSettings& router) {
  router.slow_least = router.slow_most = words.duration();
  if (words.accept("to")) {
    router.slow_most = words.duration();
    if (router.slow_most < router.slow_least) {
      words.fail("'slow A to B' needs A no greater than B");
    }
  }
}

constexpr std::array kRouterProperties{
    Property<RouterSettings>{
        "silent", [](LineWords&, RouterSettings& router) { router.silent = true; }},
    Property<RouterSettings>{
        "answers",
        [](LineWords& words, RouterSettings& router) { router.answers = words.share(); }},
    Property<RouterSettings>{
        "limit",
        [](LineWords& words, RouterSettings& router) { router.limit = read_limit(words); }},
    Property<RouterSettings>{"slow", read_slow},
    Property<RouterSettings>{"labels", read_labels},
    Property<RouterSettings>{
        "interface-info",
        [](LineWords&, RouterSettings& router) {
          router.interface_info = true;
          need_extension(router);
        }},
    Property<RouterSettings>{
        "reply-ttl",
        [](LineWords& words, RouterSettings& router) {
          router.error.initial_ttl = number<std::uint8_t>(words, "a TTL", 1);
        }},
    Property<RouterSettings>{
        "reply-from",
        [](LineWords& words, RouterSettings& router) {
          router.reply_from = one_of(words, "the reply source", kReplySources);
        }},
    Property<RouterSettings>{
        "balance",
        [](LineWords& words, RouterSettings& router) {
          router.balance = one_of(words, "the balance mode", kBalances);
        }},
    Property<RouterSettings>{
        "zero-ttl", [](LineWords&, RouterSettings& router) { router.forwards_zero_ttl = true; }},
    Property<RouterSettings>{
        "invisible", [](LineWords&, RouterSettings& router) { router.keeps_ttl = true; }},
};

}  // namespace

bool read_router_property(std::string_view key, LineWords& words, RouterSettings& router) {
  return read_by_table(kRouterProperties, key, words, router);
}

}  // namespace synroute::sim
