// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"
#include "sim/reject.hpp"
#include "sim/stack/icmp_error.hpp"
#include "sim/stack/ip_stack.hpp"

#include <utility>

namespace synroute::sim {

namespace {

struct RejectSettings {
  PortSet ports;
  Reject kind = Reject::Admin;
};

/// Refuses with an answer: a RST with the target's address, or an ICMP error from its own.
class RejectBox final : public Middlebox {
 public:
  RejectBox(RejectSettings settings, BoxAddresses own)
      : settings_{std::move(settings)}, own_{own} {}
  BoxAction forward(Packet& packet, BoxContext& context) override;

 private:
  RejectSettings settings_;
  BoxAddresses own_;
  std::uint16_t next_id_ = 1;
};

BoxAction RejectBox::forward(Packet& packet, BoxContext& context) {
  if (!context.outbound() || !packet.has_ports()
      || !settings_.ports.contains(packet.destination_port())) {
    return BoxAction::Pass;
  }
  if (settings_.kind == Reject::TcpReset) {
    if (packet.has_tcp() && !packet.tcp_flags().has(wire::TcpFlag::Rst)) {
      context.emitted.push_back(forged_reset(packet, kBoxTtl));
    }
    return BoxAction::Drop;
  }
  const auto& from = own_.of(packet.family());
  if (from && may_report(packet)) {
    const ErrorMeaning meaning = rejection(settings_.kind, packet.family());
    const ErrorStyle style{.initial_ttl = kBoxTtl};
    context.emitted.push_back(icmp_error(packet, *from, meaning, style, {}, next_id_++));
  }
  return BoxAction::Drop;
}

class RejectSpec final : public BoxSpec {
 public:
  explicit RejectSpec(RejectSettings settings) : settings_{std::move(settings)} {}
  [[nodiscard]] std::unique_ptr<Middlebox> make_box(
      const BoxAddresses& own, std::uint64_t /*seed*/) const override {
    return std::make_unique<RejectBox>(settings_, own);
  }
  void expect_forward(OracleContext& context) const override;

 private:
  RejectSettings settings_;
};

void RejectSpec::expect_forward(OracleContext& context) const {
  if (!context.is_probe_to(settings_.ports)) {
    return;
  }
  const Family family = context.probe.destination.family();
  ExpectedReply reply = reply_as_target(model::ReplyKind::Rst, context.probe);
  reply.quoted_ttl = context.probe.ttl;
  if (const auto code = reject_code(settings_.kind, family)) {
    const auto& own = context.own.of(family);
    if (!own) {
      context.drop();
      return;
    }
    reply.kind = model::ReplyKind::Unreachable;
    reply.from = *own;
    reply.icmp_type = code->type;
    reply.icmp_code = code->code;
  }
  context.stop_with(std::move(reply));
}

}  // namespace

BoxSpecPtr read_rejection(LineWords& words) {
  const Reject kind = read_reject(words);
  return std::make_shared<RejectSpec>(RejectSettings{.ports = words.ports(), .kind = kind});
}

}  // namespace synroute::sim
