// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/property_tables.hpp"
#include "sim/scenario/word_table.hpp"

#include <array>
#include <optional>

namespace synroute::sim {

namespace {

using Boxes = std::vector<BoxSettings>;

constexpr std::array kIdWays{
    Choice{std::string_view{"random"}, IpIdSettings::How::Random},
    Choice{std::string_view{"swap"}, IpIdSettings::How::Swap},
    Choice{std::string_view{"zero"}, IpIdSettings::How::Zero},
};

constexpr std::array kQuoteRepairs{
    Choice{std::string_view{"repaired"}, QuoteRepair::Full},
    Choice{std::string_view{"source-left"}, QuoteRepair::SourceLeft},
    Choice{std::string_view{"left"}, QuoteRepair::Left},
};

constexpr std::array<Choice<std::uint8_t>, 4> kOptionKinds{{
    {"mss", 2},
    {"window-scale", 3},
    {"sack", 4},
    {"timestamps", 8},
}};

void read_snat(Words& words, Boxes& boxes) {
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
  boxes.emplace_back(nat);
}

std::optional<Port> read_optional_port(Words& words) {
  if (!words.accept("port")) {
    return std::nullopt;
  }
  return Port{number<std::uint16_t>(words, "a port", 1)};
}

void read_dnat(Words& words, Boxes& boxes) {
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
  boxes.emplace_back(nat);
}

void read_strip(Words& words, Boxes& boxes) {
  StripSettings strip;
  if (!words.accept("all")) {
    strip.kinds.push_back(one_of(words, "TCP option", kOptionKinds));
  }
  boxes.emplace_back(strip);
}

void read_ttl(Words& words, Boxes& boxes) {
  TtlSettings ttl;
  ttl.add = words.accept("add");
  if (!ttl.add && !words.accept("set")) {
    words.fail("write 'ttl set N' or 'ttl add N'");
  }
  ttl.value = static_cast<int>(words.number("a TTL", 1, 255));
  boxes.emplace_back(ttl);
}

void read_drop(Words& words, Boxes& boxes) {
  DropSettings drop;
  drop.inbound = words.accept("inbound");
  drop.icmp = words.accept("icmp");
  if (!drop.icmp) {
    drop.ports = words.ports();
  }
  boxes.emplace_back(drop);
}

void read_reset(Words& words, Boxes& boxes) {
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
  boxes.emplace_back(reset);
}

constexpr std::array kBoxProperties{
    Property<Boxes>{"snat", read_snat},
    Property<Boxes>{"dnat", read_dnat},
    Property<Boxes>{
        "new-sequence",
        [](Words& words, Boxes& boxes) {
          boxes.emplace_back(SequenceSettings{.repair_quotes = words.accept("quotes-repaired")});
        }},
    Property<Boxes>{
        "new-id",
        [](Words& words, Boxes& boxes) {
          boxes.emplace_back(IpIdSettings{one_of(words, "way to change IDs", kIdWays)});
        }},
    Property<Boxes>{
        "clamp-mss",
        [](Words& words, Boxes& boxes) {
          boxes.emplace_back(MssSettings{number<std::uint16_t>(words, "an MSS", 1)});
        }},
    Property<Boxes>{"strip-option", read_strip},
    Property<Boxes>{
        "dscp",
        [](Words& words, Boxes& boxes) {
          const auto dscp = words.number("a DSCP", 0, 63);
          boxes.emplace_back(TosSettings{0x03, static_cast<std::uint8_t>(dscp << 2)});
        }},
    Property<Boxes>{
        "bleach-ecn", [](Words&, Boxes& boxes) { boxes.emplace_back(TosSettings{0xfc, 0}); }},
    Property<Boxes>{
        "refuse-ecn", [](Words&, Boxes& boxes) { boxes.emplace_back(EcnStripSettings{}); }},
    Property<Boxes>{"ttl", read_ttl},
    Property<Boxes>{"drop", read_drop},
    Property<Boxes>{
        "reject",
        [](Words& words, Boxes& boxes) {
          const Reject kind = read_reject(words);
          boxes.emplace_back(RejectSettings{.ports = words.ports(), .kind = kind});
        }},
    Property<Boxes>{"reset", read_reset},
    Property<Boxes>{
        "proxy",
        [](Words& words, Boxes& boxes) { boxes.emplace_back(ProxySettings{words.ports()}); }},
    Property<Boxes>{
        "noise",
        [](Words& words, Boxes& boxes) {
          boxes.emplace_back(
              NoiseSettings{static_cast<int>(words.number("packets a SYN", 1, 100))});
        }},
    Property<Boxes>{
        "synproxy",
        [](Words& words, Boxes& boxes) { boxes.emplace_back(SynProxySettings{words.ports()}); }},
};

}  // namespace

bool read_box_property(std::string_view key, Words& words, std::vector<BoxSettings>& boxes) {
  return read_by_table(kBoxProperties, key, words, boxes);
}

}  // namespace synroute::sim
