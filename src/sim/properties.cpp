// SPDX-License-Identifier: Apache-2.0
#include "sim/properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace synroute::sim {

namespace {

template <class Value>
struct Named {
  std::string_view word;
  Value value;
};

/// The next word looked up in `table`.
template <class Value, std::size_t kSize>
Value one_of(Words& words, std::string_view what, const std::array<Named<Value>, kSize>& table) {
  const std::string word = words.next(what);
  for (const auto& row : table) {
    if (row.word == word) {
      return row.value;
    }
  }
  std::string choices;
  for (const auto& row : table) {
    choices += choices.empty() ? "" : ", ";
    choices += row.word;
  }
  words.fail(fmt::format("'{}' is no {}: one of {}", word, what, choices));
  return table.front().value;
}

constexpr std::array kRejects{
    Named{std::string_view{"tcp-reset"}, Reject::TcpReset},
    Named{std::string_view{"net"}, Reject::Net},
    Named{std::string_view{"host"}, Reject::Host},
    Named{std::string_view{"protocol"}, Reject::Protocol},
    Named{std::string_view{"port"}, Reject::Port},
    Named{std::string_view{"net-prohibited"}, Reject::NetProhibited},
    Named{std::string_view{"host-prohibited"}, Reject::HostProhibited},
    Named{std::string_view{"admin"}, Reject::Admin},
    Named{std::string_view{"beyond-scope"}, Reject::BeyondScope},
    Named{std::string_view{"policy"}, Reject::PolicyFail},
    Named{std::string_view{"reject-route"}, Reject::RejectRoute},
};
constexpr std::array kBalances{
    Named{std::string_view{"flow"}, Balance::Flow},
    Named{std::string_view{"destination"}, Balance::Destination},
    Named{std::string_view{"label"}, Balance::Label},
    Named{std::string_view{"packet"}, Balance::Packet},
};
constexpr std::array kReplySources{
    Named{std::string_view{"incoming"}, ReplySource::Incoming},
    Named{std::string_view{"outgoing"}, ReplySource::Outgoing},
    Named{std::string_view{"loopback"}, ReplySource::Loopback},
};
constexpr std::array kExtensions{
    Named{std::string_view{"right"}, ExtensionLength::Right},
    Named{std::string_view{"zero"}, ExtensionLength::Zero},
    Named{std::string_view{"wrong"}, ExtensionLength::Wrong},
};
constexpr std::array kLimits{
    Named{std::string_view{"none"}, IcmpLimit::Kind::None},
    Named{std::string_view{"linux"}, IcmpLimit::Kind::Linux},
    Named{std::string_view{"ios"}, IcmpLimit::Kind::Ios},
    Named{std::string_view{"junos"}, IcmpLimit::Kind::Junos},
    Named{std::string_view{"nokia"}, IcmpLimit::Kind::Nokia},
    Named{std::string_view{"bucket"}, IcmpLimit::Kind::Bucket},
};
constexpr std::array kResets{
    Named{std::string_view{"normal"}, ResetStyle::Normal},
    Named{std::string_view{"no-ack"}, ResetStyle::NoAck},
    Named{std::string_view{"ack-same"}, ResetStyle::AckSame},
};
constexpr std::array kIdWays{
    Named{std::string_view{"random"}, IpIdSettings::How::Random},
    Named{std::string_view{"swap"}, IpIdSettings::How::Swap},
    Named{std::string_view{"zero"}, IpIdSettings::How::Zero},
};
constexpr std::array kQuoteRepairs{
    Named{std::string_view{"repaired"}, QuoteRepair::Full},
    Named{std::string_view{"source-left"}, QuoteRepair::SourceLeft},
    Named{std::string_view{"left"}, QuoteRepair::Left},
};
constexpr std::array<Named<std::uint8_t>, 4> kOptionKinds{{
    {"mss", 2},
    {"window-scale", 3},
    {"sack", 4},
    {"timestamps", 8},
}};

template <class Number>
Number number(Words& words, std::string_view what, std::uint64_t least = 0) {
  return static_cast<Number>(words.number(what, least, std::numeric_limits<Number>::max()));
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

/// LABEL[/CLASS[/TTL]], all numbers.
wire::MplsLabel read_label(Words& words) {
  const std::string word = words.next("an MPLS label");
  std::array<std::uint32_t, 3> parts{0, 0, 1};
  const char* at = word.data();
  const char* const end = word.data() + word.size();
  bool good = !word.empty();
  for (std::size_t part = 0; good && at != end; ++part) {
    good = part < parts.size() && (part == 0 || *at++ == '/');
    if (good) {
      const auto [stop, error] = std::from_chars(at, end, parts[part]);
      good = error == std::errc{};
      at = stop;
    }
  }
  if (!good || parts[0] > 0xfffff || parts[1] > 7 || parts[2] > 255) {
    words.fail(
        fmt::format("'{}' is no MPLS label: write LABEL, LABEL/CLASS or LABEL/CLASS/TTL", word));
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

void read_labels(Words& words, RouterSettings& router) {
  router.labels.clear();
  do {
    router.labels.push_back(read_label(words));
  } while (words.at_number() && !words.failed());
  router.labels.back().bottom = true;
  need_extension(router);
}

void read_slow(Words& words, RouterSettings& router) {
  router.slow_least = router.slow_most = words.duration();
  if (words.accept("to")) {
    router.slow_most = words.duration();
    if (router.slow_most < router.slow_least) {
      words.fail("'slow A to B' needs A below B");
    }
  }
}

void read_snat(Words& words, RouterSettings& router) {
  SourceNatSettings nat{.address = words.address()};
  while (true) {
    if (words.accept("new-ports")) {
      nat.keep_ports = false;
    } else if (words.accept("quotes")) {
      nat.repair = one_of(words, "way to treat quotes", kQuoteRepairs);
    } else {
      break;
    }
  }
  router.boxes.emplace_back(nat);
}

std::optional<Port> read_optional_port(Words& words) {
  if (!words.accept("port")) {
    return std::nullopt;
  }
  return Port{number<std::uint16_t>(words, "a port", 1)};
}

void read_dnat(Words& words, RouterSettings& router) {
  DestinationNatSettings nat;
  nat.from = words.address();
  nat.from_port = read_optional_port(words);
  if (!words.accept("to")) {
    words.fail("write 'dnat ADDRESS [port N] to ADDRESS [port N]'");
  }
  nat.to = words.address();
  nat.to_port = read_optional_port(words);
  if (nat.from.family() != nat.to.family()) {
    words.fail("dnat needs two addresses of one family");
  }
  router.boxes.emplace_back(nat);
}

void read_strip(Words& words, RouterSettings& router) {
  StripSettings strip;
  if (!words.accept("all")) {
    strip.kinds.push_back(one_of(words, "TCP option", kOptionKinds));
  }
  router.boxes.emplace_back(strip);
}

void read_ttl(Words& words, RouterSettings& router) {
  TtlSettings ttl;
  ttl.add = words.accept("add");
  if (!ttl.add && !words.accept("set")) {
    words.fail("write 'ttl set N' or 'ttl add N'");
  }
  ttl.value = static_cast<int>(words.number("a TTL", 1, 255));
  router.boxes.emplace_back(ttl);
}

void read_drop(Words& words, RouterSettings& router) {
  DropSettings drop;
  drop.inbound = words.accept("inbound");
  drop.icmp = words.accept("icmp");
  if (!drop.icmp) {
    drop.ports = words.ports();
  }
  router.boxes.emplace_back(drop);
}

void read_reset(Words& words, RouterSettings& router) {
  ResetSettings reset{.ports = words.ports()};
  while (true) {
    if (words.accept("in-path")) {
      reset.in_path = true;
    } else if (words.accept("copies")) {
      reset.copies = static_cast<int>(words.number("a number of copies", 1, 16));
    } else if (words.accept("reply-ttl")) {
      reset.ttl = number<std::uint8_t>(words, "a TTL", 1);
    } else {
      break;
    }
  }
  router.boxes.emplace_back(reset);
}

template <class Target>
struct Row {
  std::string_view key;
  void (*read)(Words&, Target&);
};

constexpr std::array kErrorRows{
    Row<ErrorStyle>{
        "quote",
        [](Words& words, ErrorStyle& style) {
          style.quote =
              words.accept("whole")
                  ? std::nullopt
                  : std::optional<std::size_t>{words.number("bytes behind the IP header", 0, 1500)};
        }},
    Row<ErrorStyle>{
        "extension",
        [](Words& words, ErrorStyle& style) {
          style.extension = one_of(words, "length of an extension", kExtensions);
          if (style.extension == ExtensionLength::Wrong) {
            style.wrong_length = number<std::uint8_t>(words, "the wrong length");
          }
        }},
    Row<ErrorStyle>{
        "quote-checksum",
        [](Words& words, ErrorStyle& style) {
          style.zero_inner_checksum = words.accept("zero");
          if (!style.zero_inner_checksum) {
            words.fail("write 'quote-checksum zero'");
          }
        }},
};

constexpr std::array kRouterRows{
    Row<RouterSettings>{"silent", [](Words&, RouterSettings& router) { router.silent = true; }},
    Row<RouterSettings>{
        "answers", [](Words& words, RouterSettings& router) { router.answers = words.share(); }},
    Row<RouterSettings>{
        "limit", [](Words& words, RouterSettings& router) { router.limit = read_limit(words); }},
    Row<RouterSettings>{"slow", read_slow},
    Row<RouterSettings>{"labels", read_labels},
    Row<RouterSettings>{
        "interface-info",
        [](Words&, RouterSettings& router) {
          router.interface_info = true;
          need_extension(router);
        }},
    Row<RouterSettings>{
        "reply-ttl",
        [](Words& words, RouterSettings& router) {
          router.error.initial_ttl = number<std::uint8_t>(words, "a TTL", 1);
        }},
    Row<RouterSettings>{
        "reply-from",
        [](Words& words, RouterSettings& router) {
          router.reply_from = one_of(words, "reply source", kReplySources);
        }},
    Row<RouterSettings>{
        "balance",
        [](Words& words, RouterSettings& router) {
          router.balance = one_of(words, "balance", kBalances);
        }},
    Row<RouterSettings>{
        "zero-ttl", [](Words&, RouterSettings& router) { router.forwards_zero_ttl = true; }},
    Row<RouterSettings>{
        "invisible", [](Words&, RouterSettings& router) { router.keeps_ttl = true; }},
    Row<RouterSettings>{"snat", read_snat},
    Row<RouterSettings>{"dnat", read_dnat},
    Row<RouterSettings>{
        "new-sequence",
        [](Words& words, RouterSettings& router) {
          router.boxes.emplace_back(
              SequenceSettings{.repair_quotes = words.accept("quotes-repaired")});
        }},
    Row<RouterSettings>{
        "new-id",
        [](Words& words, RouterSettings& router) {
          router.boxes.emplace_back(IpIdSettings{one_of(words, "way to change IDs", kIdWays)});
        }},
    Row<RouterSettings>{
        "clamp-mss",
        [](Words& words, RouterSettings& router) {
          router.boxes.emplace_back(MssSettings{number<std::uint16_t>(words, "an MSS", 1)});
        }},
    Row<RouterSettings>{"strip-option", read_strip},
    Row<RouterSettings>{
        "dscp",
        [](Words& words, RouterSettings& router) {
          const auto dscp = words.number("a DSCP", 0, 63);
          router.boxes.emplace_back(TosSettings{0x03, static_cast<std::uint8_t>(dscp << 2)});
        }},
    Row<RouterSettings>{
        "bleach-ecn",
        [](Words&, RouterSettings& router) { router.boxes.emplace_back(TosSettings{0xfc, 0}); }},
    Row<RouterSettings>{
        "refuse-ecn",
        [](Words&, RouterSettings& router) { router.boxes.emplace_back(EcnStripSettings{}); }},
    Row<RouterSettings>{"ttl", read_ttl},
    Row<RouterSettings>{"drop", read_drop},
    Row<RouterSettings>{
        "reject",
        [](Words& words, RouterSettings& router) {
          const Reject kind = one_of(words, "way to reject", kRejects);
          router.boxes.emplace_back(RejectSettings{.ports = words.ports(), .kind = kind});
        }},
    Row<RouterSettings>{"reset", read_reset},
    Row<RouterSettings>{
        "proxy",
        [](Words& words, RouterSettings& router) {
          router.boxes.emplace_back(ProxySettings{words.ports()});
        }},
    Row<RouterSettings>{
        "noise",
        [](Words& words, RouterSettings& router) {
          router.boxes.emplace_back(
              NoiseSettings{static_cast<int>(words.number("packets a SYN", 1, 100))});
        }},
    Row<RouterSettings>{
        "synproxy",
        [](Words& words, RouterSettings& router) {
          router.boxes.emplace_back(SynProxySettings{words.ports()});
        }},
};

constexpr std::array kHostRows{
    Row<HostSettings>{"open", [](Words& words, HostSettings& host) { host.open = words.ports(); }},
    Row<HostSettings>{
        "closed", [](Words& words, HostSettings& host) { host.closed = words.ports(); }},
    Row<HostSettings>{
        "filtered", [](Words& words, HostSettings& host) { host.filtered = words.ports(); }},
    Row<HostSettings>{
        "reject",
        [](Words& words, HostSettings& host) {
          const Reject kind = one_of(words, "way to reject", kRejects);
          host.rejected.push_back({.ports = words.ports(), .kind = kind});
        }},
    Row<HostSettings>{
        "udp", [](Words& words, HostSettings& host) { host.udp_open = words.ports(); }},
    Row<HostSettings>{"no-echo", [](Words&, HostSettings& host) { host.answers_echo = false; }},
    Row<HostSettings>{
        "reply-ttl",
        [](Words& words, HostSettings& host) {
          host.initial_ttl = number<std::uint8_t>(words, "a TTL", 1);
          host.error.initial_ttl = host.initial_ttl;
        }},
    Row<HostSettings>{
        "reset",
        [](Words& words, HostSettings& host) {
          host.reset = one_of(words, "way to reset", kResets);
        }},
    Row<HostSettings>{
        "drops-bare-syn", [](Words&, HostSettings& host) { host.drops_bare_syn = true; }},
    Row<HostSettings>{
        "resets-last-ttl", [](Words&, HostSettings& host) { host.resets_last_ttl = true; }},
    Row<HostSettings>{"no-timestamps", [](Words&, HostSettings& host) { host.timestamps = false; }},
    Row<HostSettings>{"no-sack", [](Words&, HostSettings& host) { host.sack = false; }},
    Row<HostSettings>{
        "no-window-scale", [](Words&, HostSettings& host) { host.window_scale.reset(); }},
    Row<HostSettings>{
        "window-scale",
        [](Words& words, HostSettings& host) {
          host.window_scale = static_cast<std::uint8_t>(words.number("a window scale", 0, 14));
        }},
    Row<HostSettings>{
        "mss",
        [](Words& words, HostSettings& host) {
          host.mss = number<std::uint16_t>(words, "an MSS", 1);
        }},
    Row<HostSettings>{
        "window",
        [](Words& words, HostSettings& host) {
          host.window = number<std::uint16_t>(words, "a window");
        }},
    Row<HostSettings>{"no-ecn", [](Words&, HostSettings& host) { host.ecn = false; }},
    Row<HostSettings>{
        "backlog",
        [](Words& words, HostSettings& host) {
          host.backlog = words.number("a backlog", 0, 65535);
        }},
    Row<HostSettings>{"no-cookies", [](Words&, HostSettings& host) { host.cookies = false; }},
    Row<HostSettings>{
        "syn-rate",
        [](Words& words, HostSettings& host) {
          host.syn_rate = static_cast<double>(words.number("SYNs per second", 1, 1'000'000));
        }},
    Row<HostSettings>{
        "answer-delay",
        [](Words& words, HostSettings& host) { host.answer_delay = words.duration(); }},
    Row<HostSettings>{
        "limit", [](Words& words, HostSettings& host) { host.limit = read_limit(words); }},
};

constexpr std::array kLinkRows{
    Row<LinkSettings>{
        "delay", [](Words& words, LinkSettings& link) { link.delay = words.duration(); }},
    Row<LinkSettings>{
        "jitter", [](Words& words, LinkSettings& link) { link.jitter = words.duration(); }},
    Row<LinkSettings>{"loss", [](Words& words, LinkSettings& link) { link.loss = words.share(); }},
    Row<LinkSettings>{
        "duplicate", [](Words& words, LinkSettings& link) { link.duplicate = words.share(); }},
    Row<LinkSettings>{
        "corrupt", [](Words& words, LinkSettings& link) { link.corrupt = words.share(); }},
    Row<LinkSettings>{
        "reorder",
        [](Words& words, LinkSettings& link) {
          link.reorder = words.share();
          if (words.accept("by")) {
            link.reorder_by = words.duration();
          }
        }},
    Row<LinkSettings>{
        "mtu",
        [](Words& words, LinkSettings& link) { link.mtu = words.number("an MTU", 68, 65535); }},
};

/// Whether `key` is in the table; its value has been read then.
template <class Target, std::size_t kSize>
bool read_row(
    const std::array<Row<Target>, kSize>& table,
    std::string_view key,
    Words& words,
    Target& target) {
  const auto row = std::ranges::find(table, key, &Row<Target>::key);
  if (row == table.end()) {
    return false;
  }
  row->read(words, target);
  return true;
}

bool read_node_row(std::string_view key, Words& words, NodeSpec& node) {
  if (key == "name") {
    node.dns_name = words.next("a host name");
    return true;
  }
  switch (node.kind) {
    case NodeKind::Prober:
    case NodeKind::Internet: return false;
    case NodeKind::Router:
      return read_row(kErrorRows, key, words, node.router.error)
             || read_row(kRouterRows, key, words, node.router);
    case NodeKind::Host:
      return read_row(kErrorRows, key, words, node.host.error)
             || read_row(kHostRows, key, words, node.host);
  }
  return false;
}

std::string_view kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::Prober: return "the prober";
    case NodeKind::Router: return "a router";
    case NodeKind::Host: return "a host";
    case NodeKind::Internet: return "an internet";
  }
  return "";
}

/// The ends of a link have addresses of their own: LEFT RIGHT, once per family.
void read_link_addresses(Words& words, LinkSpec& link) {
  do {
    link.left_addresses.push_back(words.address());
    link.right_addresses.push_back(words.address());
    if (link.left_addresses.back().family() != link.right_addresses.back().family()) {
      words.fail("'addresses LEFT RIGHT' needs two of one family");
    }
  } while (words.at_address() && !words.failed());
}

}  // namespace

void read_properties(Words& words, NodeSpec& node) {
  while (!words.done() && !words.failed()) {
    const std::string key = words.next("a property");
    if (!read_node_row(key, words, node)) {
      words.fail(fmt::format("'{}' is no property of {}", key, kind_name(node.kind)));
    }
  }
}

void read_properties(Words& words, LinkSpec& link) {
  bool there = true;
  bool back = true;
  while (!words.done() && !words.failed()) {
    const std::string key = words.next("a property");
    if (key == "there" || key == "back") {
      there = key == "there";
      back = !there;
    } else if (key == "weight") {
      link.weight = static_cast<std::uint32_t>(words.number("a weight", 1, 1000));
    } else if (key == "addresses") {
      read_link_addresses(words, link);
    } else {
      Words again = words;  // what concerns both directions is read once for each
      if (!read_row(kLinkRows, key, words, there ? link.there : link.back)) {
        words.fail(fmt::format("'{}' is no property of a link", key));
      }
      if (there && back) {
        static_cast<void>(read_row(kLinkRows, key, again, link.back));
      }
    }
  }
}

}  // namespace synroute::sim
