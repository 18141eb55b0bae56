// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/boxes/tcp_options_in_packet.hpp"
#include "sim/line_words.hpp"
#include "sim/word_table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace synroute::sim {

namespace {

constexpr std::array<WordEntry<std::uint8_t>, 4> kOptionKinds{{
    {"mss", 2},
    {"window-scale", 3},
    {"sack", 4},
    {"timestamps", 8},
}};

/// Kinds of TCP options; empty: all.
using OptionKinds = std::vector<std::uint8_t>;

/// Overwrites TCP options with NOPs, as Linux TCPOPTSTRIP does.
class StripBox final : public Middlebox {
 public:
  StripBox(OptionKinds kinds, std::uint64_t /*seed*/) : kinds_{std::move(kinds)} {}
  BoxAction forward(Packet& packet, BoxContext& context) override;

 private:
  OptionKinds kinds_;
};

BoxAction StripBox::forward(Packet& packet, BoxContext& context) {
  if (!packet.has_tcp() || !context.outbound()) {
    return BoxAction::Pass;
  }
  for (const PlacedOption& option : placed_options(packet)) {
    const bool wanted = kinds_.empty() || std::ranges::find(kinds_, option.kind) != kinds_.end();
    if (wanted) {
      packet.rewrite(option.at, std::vector<std::uint8_t>(option.size, 1));
    }
  }
  return BoxAction::Pass;
}

}  // namespace

BoxSpecPtr read_option_stripping(LineWords& words) {
  OptionKinds kinds;
  if (!words.accept("all")) {
    kinds.push_back(one_of(words, "the TCP option", kOptionKinds));
  }
  return unobservable_box<StripBox>(std::move(kinds));
}

}  // namespace synroute::sim
