// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"

namespace synroute::sim {

namespace {

/// tos = (tos & keep) | set
struct TosSettings {
  std::uint8_t keep = 0xff;
  std::uint8_t set = 0;
};

/// Changes DSCP or ECN in the IP header.
class TosBox final : public Middlebox {
 public:
  TosBox(TosSettings settings, std::uint64_t /*seed*/) : settings_{settings} {}
  BoxAction forward(Packet& packet, BoxContext& context) override {
    if (context.outbound()) {
      packet.set_tos(static_cast<std::uint8_t>((packet.tos() & settings_.keep) | settings_.set));
    }
    return BoxAction::Pass;
  }

 private:
  TosSettings settings_;
};

}  // namespace

BoxSpecPtr read_dscp(LineWords& words) {
  const auto dscp = words.number("a DSCP", 0, 63);
  return unobservable_box<TosBox>(TosSettings{0x03, static_cast<std::uint8_t>(dscp << 2)});
}

BoxSpecPtr read_ecn_bleaching(LineWords& /*words*/) {
  return unobservable_box<TosBox>(TosSettings{0xfc, 0});
}

}  // namespace synroute::sim
