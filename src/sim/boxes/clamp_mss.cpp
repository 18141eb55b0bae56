// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/boxes/tcp_options_in_packet.hpp"
#include "sim/line_words.hpp"
#include "sim/word_table.hpp"

namespace synroute::sim {

namespace {

/// Lowers the MSS option of SYNs in both directions.
class MssBox final : public Middlebox {
 public:
  MssBox(std::uint16_t limit, std::uint64_t /*seed*/) : limit_{limit} {}
  BoxAction forward(Packet& packet, BoxContext& context) override;

 private:
  std::uint16_t limit_;
};

BoxAction MssBox::forward(Packet& packet, BoxContext& /*context*/) {
  if (!is_syn(packet)) {
    return BoxAction::Pass;
  }
  for (const PlacedOption& option : placed_options(packet)) {
    if (option.kind == 2 && option.size == 4 && packet.word(option.at + 2) > limit_) {
      packet.set_word(option.at + 2, limit_);
    }
  }
  return BoxAction::Pass;
}

}  // namespace

BoxSpecPtr read_clamp_mss(LineWords& words) {
  return unobservable_box<MssBox>(number<std::uint16_t>(words, "an MSS", 1));
}

}  // namespace synroute::sim
