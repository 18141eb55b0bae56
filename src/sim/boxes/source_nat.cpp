// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"
#include "sim/boxes/box_table.hpp"
#include "sim/boxes/nat_box.hpp"
#include "sim/line_words.hpp"
#include "sim/word_table.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>

namespace synroute::sim {

namespace {

/// What a NAT does to the packets quoted in ICMP errors that pass it on their way back.
enum class QuoteRepair : std::uint8_t {
  Full,        ///< translated back, checksums too (RFC 5508 REQ-4; Linux)
  SourceLeft,  ///< the port is translated back, the source address stays the public one
  Left,        ///< address and port stay translated
};

constexpr std::array kQuoteRepairs{
    WordEntry{std::string_view{"repaired"}, QuoteRepair::Full},
    WordEntry{std::string_view{"source-left"}, QuoteRepair::SourceLeft},
    WordEntry{std::string_view{"left"}, QuoteRepair::Left},
};

struct SourceNatSettings {
  IpAddress address;       ///< the public one
  bool keep_ports = true;  ///< else every connection gets a port of its own
  QuoteRepair repair = QuoteRepair::Full;
};

/// Everything from the prober's side leaves with the public address as its source.
class SourceNatBox final : public NatBox {
 public:
  SourceNatBox(SourceNatSettings settings, std::uint64_t seed) : settings_{settings}, seed_{seed} {}
  BoxAction enter(Packet& packet, BoxContext& context) override;
  BoxAction leave(Packet& packet, BoxContext& context) override;

 private:
  void enter_error(Packet& packet, const Packet& quote);
  [[nodiscard]] const Connection* connection_for(const NatTuple& original);
  SourceNatSettings settings_;
  std::uint64_t seed_;
};

const NatBox::Connection* SourceNatBox::connection_for(const NatTuple& original) {
  if (const Connection* known = by_original(original)) {
    return known;
  }
  NatTuple translated = original;
  translated.source = settings_.address;
  std::uint64_t draw = mix(seed_ ^ original.source_port ^ std::hash<IpAddress>{}(original.source));
  const bool echo = original.protocol == static_cast<std::uint8_t>(wire::Protocol::Icmp)
                    || original.protocol == static_cast<std::uint8_t>(wire::Protocol::Icmp6);
  for (bool fresh = !settings_.keep_ports; fresh || is_taken(translated); fresh = false) {
    translated.source_port = static_cast<std::uint16_t>(1024 + ((draw & 0xffff) % 64512));
    if (echo) {
      translated.destination_port = translated.source_port;
    }
    draw = mix(draw);
  }
  return remember(original, translated);
}

BoxAction SourceNatBox::leave(Packet& packet, BoxContext& context) {
  if (!context.outbound() || context.own || packet.family() != settings_.address.family()) {
    return BoxAction::Pass;
  }
  const auto tuple = nat_tuple(packet);
  if (!tuple) {
    packet.set_source(settings_.address);
    return BoxAction::Pass;
  }
  const Connection* connection = connection_for(*tuple);
  if (connection == nullptr) {
    return BoxAction::Drop;
  }
  translate(packet, connection->original, connection->translated);
  return BoxAction::Pass;
}

BoxAction SourceNatBox::enter(Packet& packet, BoxContext& context) {
  if (context.outbound() || packet.destination() != settings_.address) {
    return BoxAction::Pass;
  }
  if (const auto quote = packet.quote()) {
    enter_error(packet, *quote);
    return BoxAction::Pass;
  }
  const auto tuple = nat_tuple(packet);
  const Connection* connection = tuple ? by_translated(tuple->reversed()) : nullptr;
  if (connection != nullptr) {
    translate(packet, *tuple, connection->original.reversed());
  }
  return BoxAction::Pass;
}

void SourceNatBox::enter_error(Packet& packet, const Packet& quote) {
  const auto tuple = nat_tuple(quote);
  const Connection* connection = tuple ? by_translated(*tuple) : nullptr;
  if (connection == nullptr) {
    return;
  }
  NatTuple shown = connection->original;
  if (settings_.repair != QuoteRepair::Full) {
    shown.source = connection->translated.source;
  }
  if (settings_.repair == QuoteRepair::Left) {
    shown.source_port = connection->translated.source_port;
  }
  Packet repaired = quote;
  translate(repaired, *tuple, shown);
  packet.set_quote(repaired);
  packet.set_destination(connection->original.source);
}

class SourceNatSpec final : public BoxSpec {
 public:
  explicit SourceNatSpec(SourceNatSettings settings) : settings_{settings} {}
  [[nodiscard]] std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& /*own*/, std::uint64_t seed) const override {
    return std::make_unique<SourceNatBox>(settings_, seed);
  }
  void expect_enter(OracleContext& context) const override;
  void expect_leave(OracleContext& context) const override;
  [[nodiscard]] std::optional<IpAddress> outer_address() const override {
    return settings_.address;
  }

 private:
  SourceNatSettings settings_;
};

void SourceNatSpec::expect_enter(OracleContext& context) const {
  OracleProbe& probe = context.probe;
  if (!context.is_reply() || probe.destination != settings_.address) {
    return;
  }
  const auto undone = std::ranges::find_if(probe.translations, [&](const Translation& done) {
    return done.of_source && done.node == probe.node && done.outer == settings_.address;
  });
  if (undone != probe.translations.end()) {
    probe.destination = undone->inner;
    probe.translations.erase(undone);
  }
}

void SourceNatSpec::expect_leave(OracleContext& context) const {
  OracleProbe& probe = context.probe;
  if (context.is_probe() && settings_.address.family() == probe.destination.family()) {
    probe.translations.push_back({probe.node, true, settings_.address, probe.source()});
  }
}

}  // namespace

BoxSpecPtr read_source_nat(LineWords& words) {
  SourceNatSettings nat{.address = words.address()};
  while (true) {
    if (words.accept("new-ports")) {
      nat.keep_ports = false;
    } else if (words.accept("quotes")) {
      nat.repair = one_of(words, "the quote mode", kQuoteRepairs);
    } else {
      break;
    }
  }
  return std::make_shared<SourceNatSpec>(nat);
}

}  // namespace synroute::sim
