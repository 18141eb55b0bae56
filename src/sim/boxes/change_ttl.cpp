// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"

#include <algorithm>

namespace synroute::sim {

namespace {

struct TtlSettings {
  bool add = false;  ///< else set
  int value = 0;

  [[nodiscard]] int applied_to(int ttl) const {
    return std::clamp(add ? ttl + value : value, 1, 255);
  }
};

/// Sets or raises the TTL of every packet in both directions, like the iptables target of that
/// name.
class TtlBox final : public Middlebox {
 public:
  explicit TtlBox(TtlSettings settings) : settings_{settings} {}
  BoxAction enter(Packet& packet, BoxContext& /*context*/) override {
    packet.set_ttl(static_cast<std::uint8_t>(settings_.applied_to(packet.ttl())));
    return BoxAction::Pass;
  }

 private:
  TtlSettings settings_;
};

class TtlSpec final : public BoxSpec {
 public:
  explicit TtlSpec(TtlSettings settings) : settings_{settings} {}
  [[nodiscard]] std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& /*own*/, std::uint64_t /*seed*/) const override {
    return std::make_unique<TtlBox>(settings_);
  }
  void expect_enter(OracleContext& context) const override {
    context.probe.ttl = settings_.applied_to(context.probe.ttl);
  }

 private:
  TtlSettings settings_;
};

}  // namespace

BoxSpecPtr read_ttl_change(LineWords& words) {
  TtlSettings ttl;
  ttl.add = words.accept("add");
  if (!ttl.add && !words.accept("set")) {
    words.fail("write 'ttl set N' or 'ttl add N'");
  }
  ttl.value = static_cast<int>(words.number("a TTL", 1, 255));
  return std::make_shared<TtlSpec>(ttl);
}

}  // namespace synroute::sim
