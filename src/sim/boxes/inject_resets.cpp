// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"
#include "sim/stack/ip_stack.hpp"
#include "sim/word_table.hpp"

#include <utility>

namespace synroute::sim {

namespace {

/// Answers a SYN to these ports with RSTs from the target's address.
struct ResetSettings {
  PortSet ports;
  bool in_path = false;  ///< the SYN itself is dropped
  int copies = 1;
  std::uint8_t ttl = kBoxTtl;
};

/// Resets connections, beside the path or on it.
class ResetBox final : public Middlebox {
 public:
  explicit ResetBox(ResetSettings settings) : settings_{std::move(settings)} {}
  BoxAction forward(Packet& packet, BoxContext& context) override;

 private:
  ResetSettings settings_;
};

BoxAction ResetBox::forward(Packet& packet, BoxContext& context) {
  const bool matches = context.outbound() && packet.has_tcp()
                       && packet.tcp_flags().has(wire::TcpFlag::Syn)
                       && settings_.ports.contains(packet.destination_port());
  if (!matches) {
    return BoxAction::Pass;
  }
  for (int copy = 0; copy < settings_.copies; ++copy) {
    context.emitted.push_back(forged_reset(packet, settings_.ttl));
  }
  return settings_.in_path ? BoxAction::Drop : BoxAction::Pass;
}

class ResetSpec final : public BoxSpec {
 public:
  explicit ResetSpec(ResetSettings settings) : settings_{std::move(settings)} {}
  [[nodiscard]] std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& /*own*/, std::uint64_t /*seed*/) const override {
    return std::make_unique<ResetBox>(settings_);
  }
  void expect_forward(OracleContext& context) const override {
    if (context.is_probe_to(settings_.ports)) {
      context.effect.replies.push_back(
          reply_as_target(model::ReplyKind::Rst, context.probe, settings_.ttl));
      context.effect.passes = !settings_.in_path;
    }
  }

 private:
  ResetSettings settings_;
};

}  // namespace

BoxSpecPtr read_reset_injection(LineWords& words) {
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
  return std::make_shared<ResetSpec>(std::move(reset));
}

}  // namespace synroute::sim
