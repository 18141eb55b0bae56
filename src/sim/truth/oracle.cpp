// SPDX-License-Identifier: Apache-2.0
#include "sim/truth/oracle.hpp"

#include "sim/scenario/tunnels.hpp"
#include "sim/stack/icmp_error.hpp"
#include "sim/truth/box_effects.hpp"

#include <algorithm>
#include <utility>

namespace synroute::sim {

/// One probe followed over all its paths, hop by hop.
class Oracle::Propagation {
 public:
  explicit Propagation(const NetworkView& network) : network_{network} {}
  [[nodiscard]] ExpectedOutcome run(const IpAddress& target, std::uint16_t port, int ttl);

 private:
  /// A loop ends when the TTL expires; this bounds loops of routers that do not decrement it.
  static constexpr int kStepLimit = 1024;

  void step(OracleProbe probe);
  void at_prober(const OracleProbe& probe);
  void at_host(OracleProbe probe);
  void at_router(OracleProbe probe);
  void at_internet(OracleProbe probe);
  void at_cloud_router(
      OracleProbe probe,
      const InternetMap& map,
      const CloudPath& path,
      std::size_t stage,
      ErrorMeaning meaning);
  void switch_label(OracleProbe probe, const RouterSettings& router);
  void arrive(OracleProbe probe, const RouterSettings& router);
  /// Sends an answer about `probe` back from where it is.
  void answer(const OracleProbe& probe, ExpectedReply made);
  void report(const OracleProbe& probe, const RouterSettings& router, ErrorMeaning meaning);
  void route_answer(const OracleProbe& probe);
  void move(OracleProbe probe, std::uint32_t interface);
  /// Sends the replies of boxes; returns whether the packet goes on.
  [[nodiscard]] bool obey(const BoxEffect& effect, const OracleProbe& probe);
  void silence() { outcome_.may_be_silent = true; }

  const NetworkView& network_;
  ExpectedOutcome outcome_;
  std::vector<OracleProbe> next_;
};

ExpectedOutcome Oracle::outcome(const IpAddress& target, Port port, int ttl) const {
  return Propagation{network_}.run(target, port.value(), ttl);
}

ExpectedOutcome Oracle::Propagation::run(const IpAddress& target, std::uint16_t port, int ttl) {
  const auto own = network_.scenario().prober_address(target.family());
  if (!own) {
    return {.may_be_silent = true};
  }
  OracleProbe probe{
      .node = network_.scenario().prober(),
      .prober = *own,
      .destination = target,
      .port = port,
      .ttl = ttl};
  move(std::move(probe), 0);
  for (int steps = 0; !next_.empty() && steps < kStepLimit; ++steps) {
    for (OracleProbe& each : std::exchange(next_, {})) {
      step(std::move(each));
    }
  }
  return std::move(outcome_);
}

void Oracle::Propagation::move(OracleProbe probe, std::uint32_t interface) {
  const LinkEnd& end = network_.ends(probe.node)[interface];
  const LinkSpec& link = network_.scenario().links[end.link];
  const LinkSettings& settings = end.is_left ? link.there : link.back;
  outcome_.by_chance |= settings.loss > 0 || settings.corrupt > 0;
  probe.delay += settings.delay;
  probe.from = std::exchange(probe.node, end.peer);
  if (std::ranges::find(next_, probe) == next_.end()) {
    next_.push_back(std::move(probe));
  }
}

void Oracle::Propagation::step(OracleProbe probe) {
  switch (network_.node(probe.node).kind) {
    case NodeKind::Prober: at_prober(probe); break;
    case NodeKind::Host: at_host(std::move(probe)); break;
    case NodeKind::Router: at_router(std::move(probe)); break;
    case NodeKind::Internet: at_internet(std::move(probe)); break;
  }
}

void Oracle::Propagation::at_prober(const OracleProbe& probe) {
  if (!probe.answer || probe.destination != probe.prober) {
    silence();
    return;
  }
  ExpectedReply reply = *probe.answer;
  reply.ttl = probe.ttl;
  reply.delay = probe.delay;
  if (std::ranges::find(outcome_.replies, reply) == outcome_.replies.end()) {
    outcome_.replies.push_back(std::move(reply));
  }
}

void Oracle::Propagation::at_host(OracleProbe probe) {
  const bool is_down = network_.node(probe.node).host.down;
  if (probe.answer || is_down || !network_.owns(probe.node, probe.destination)) {
    silence();
    return;
  }
  const HostSettings& host = network_.node(probe.node).host;
  ExpectedReply made{.decider = Decider::Host, .from = probe.destination, .ttl = host.initial_ttl};
  made.quoted_ttl = probe.ttl;
  made.kind = model::ReplyKind::Rst;
  const auto refused = std::ranges::find_if(host.rejected, [&](const HostSettings::Rejected& row) {
    return row.ports.contains(probe.port);
  });
  const bool open = host.open.contains(probe.port);
  if (refused != host.rejected.end()) {
    if (const auto code = reject_code(refused->kind, probe.destination.family())) {
      made.kind = model::ReplyKind::Unreachable;
      made.icmp_type = code->type;
      made.icmp_code = code->code;
      made.ttl = host.error.initial_ttl;
    }
  } else if (open) {
    if (!host.resets_last_ttl || probe.ttl > 1) {
      made.kind = model::ReplyKind::SynAck;
    }
  } else if (!host.closed.contains(probe.port) && host.filtered.contains(probe.port)) {
    silence();
    return;
  }
  probe.delay += host.answer_delay;
  answer(probe, std::move(made));
}

void Oracle::Propagation::at_router(OracleProbe probe) {
  const RouterSettings& router = network_.node(probe.node).router;
  if (probe.label) {
    switch_label(std::move(probe), router);
  } else {
    arrive(std::move(probe), router);
  }
}

void Oracle::Propagation::at_internet(OracleProbe probe) {
  const InternetMap map{network_.node(probe.node).internet};
  if (probe.answer || !map.contains(probe.destination)) {
    silence();
    return;
  }
  const Family family = probe.destination.family();
  const CloudPath path = map.path(probe.destination);
  const auto length = static_cast<int>(path.length);
  if (probe.ttl <= length) {
    const auto stage = static_cast<std::size_t>(std::max(probe.ttl - 1, 0));
    probe.ttl = std::min(probe.ttl, 1);
    at_cloud_router(std::move(probe), map, path, stage, time_exceeded(family));
    return;
  }
  probe.ttl -= length;
  if (!path.routed) {
    const ErrorMeaning meaning = rejection(Reject::Host, family);
    at_cloud_router(std::move(probe), map, path, path.length - 1, meaning);
    return;
  }
  const CloudPort port = map.port(probe.destination, probe.port);
  if (!path.alive || port == CloudPort::Filtered) {
    silence();
    return;
  }
  probe.delay += 2 * path.delay_to(path.length);
  ExpectedReply made{.decider = Decider::Host, .from = probe.destination};
  made.kind = port == CloudPort::Open ? model::ReplyKind::SynAck : model::ReplyKind::Rst;
  made.ttl = 64 - static_cast<int>(path.return_hops(path.length));
  answer(probe, std::move(made));
}

void Oracle::Propagation::at_cloud_router(
    OracleProbe probe,
    const InternetMap& map,
    const CloudPath& path,
    std::size_t stage,
    ErrorMeaning meaning) {
  const Family family = probe.destination.family();
  probe.delay += 2 * path.delay_to(stage);
  for (std::uint32_t flow = 0; flow < path.stages[stage].width; ++flow) {
    const CloudRouter router = map.router(path.stages[stage].member(flow), family);
    if (router.silent) {
      silence();
      continue;
    }
    ExpectedReply made{.from = router.address, .quoted_ttl = probe.ttl};
    made.kind = meaning.type == time_exceeded(family).type ? model::ReplyKind::TimeExceeded
                                                           : model::ReplyKind::Unreachable;
    made.icmp_type = meaning.type;
    made.icmp_code = meaning.code;
    made.ttl = router.initial_ttl - static_cast<int>(path.return_hops(stage));
    answer(probe, std::move(made));
  }
}

void Oracle::Propagation::switch_label(OracleProbe probe, const RouterSettings& router) {
  wire::MplsLabel& label = *probe.label;
  const LabelSwitch* entry = network_.labels(probe.node).find(label.label);
  if (entry == nullptr) {
    silence();
    return;
  }
  if (entry->ends_here) {
    probe.ttl = std::min<int>(probe.ttl, label.ttl);
    arrive(std::move(probe), router);
    return;
  }
  if (label.ttl <= 1) {
    report(probe, router, time_exceeded(probe.destination.family()));
    return;
  }
  --label.ttl;
  if (entry->out_label) {
    label.label = *entry->out_label;
  } else {
    probe.ttl = std::min<int>(probe.ttl, label.ttl);
    probe.label.reset();
  }
  move(std::move(probe), entry->out);
}

void Oracle::Propagation::arrive(OracleProbe probe, const RouterSettings& router) {
  const bool outbound = network_.is_inside(probe.node, probe.from);
  if (!obey(enter_boxes(probe, network_, outbound), probe)) {
    return;
  }
  if (network_.owns(probe.node, probe.destination)) {
    if (probe.answer) {
      silence();
      return;
    }
    answer(
        probe,
        {.kind = model::ReplyKind::Rst,
         .decider = Decider::Host,
         .from = probe.destination,
         .ttl = router.error.initial_ttl});
    return;
  }
  if (!router.keeps_ttl && probe.ttl <= (router.forwards_zero_ttl ? 0 : 1)) {
    report(probe, router, time_exceeded(probe.destination.family()));
    return;
  }
  const NextHops* hops = network_.route(probe.node, probe.destination);
  if (hops == nullptr) {
    report(probe, router, no_route(probe.destination.family()));
    return;
  }
  probe.ttl -= router.keeps_ttl ? 0 : 1;
  probe.label.reset();
  if (!obey(forward_boxes(probe, network_, outbound), probe)) {
    return;
  }
  leave_boxes(probe, network_, outbound);
  const bool by_label =
      router.balance == Balance::Label && probe.destination.family() == Family::V6;
  outcome_.fixed_choice |= hops->size() > 1 && (router.balance == Balance::Destination || by_label);
  for (const NextHop& hop : *hops) {
    OracleProbe branch = probe;
    const NodeSpec& peer = network_.node(network_.ends(probe.node)[hop.interface].peer);
    if (peer.kind == NodeKind::Host && peer.host.down) {
      branch.delay += kNeighbourTimeout;
      report(branch, router, rejection(Reject::Host, probe.destination.family()));
      continue;
    }
    branch.label =
        network_.labels(probe.node)
            .label_for(probe.destination, static_cast<std::uint8_t>(probe.ttl), hop.interface);
    move(std::move(branch), hop.interface);
  }
}

bool Oracle::Propagation::obey(const BoxEffect& effect, const OracleProbe& probe) {
  for (const ExpectedReply& made : effect.replies) {
    answer(probe, made);
  }
  outcome_.may_be_silent |= effect.silent;
  return effect.passes;
}

void Oracle::Propagation::report(
    const OracleProbe& probe, const RouterSettings& router, ErrorMeaning meaning) {
  const auto from = network_.report_address(probe);
  const bool about_answer = probe.answer.has_value();
  if (router.silent || router.answers <= 0 || !from || about_answer) {
    silence();
    return;
  }
  outcome_.by_chance |= router.answers < 1;
  ExpectedReply made{.from = *from, .ttl = router.error.initial_ttl, .quoted_ttl = probe.ttl};
  made.icmp_type = meaning.type;
  made.icmp_code = meaning.code;
  made.kind = meaning.type == time_exceeded(from->family()).type ? model::ReplyKind::TimeExceeded
                                                                 : model::ReplyKind::Unreachable;
  const RouterSettings shown = router_settings(network_.scenario(), probe.node);
  if (shown.error.extension != ExtensionLength::None) {
    made.labels = probe.label ? std::vector{*probe.label} : shown.labels;
  }
  OracleProbe slow = probe;
  slow.delay += router.slow_least;
  answer(slow, std::move(made));
}

void Oracle::Propagation::answer(const OracleProbe& probe, ExpectedReply made) {
  made.node = probe.node;
  OracleProbe back = probe;
  back.destination = probe.source();
  back.ttl = made.ttl;
  const auto label = std::exchange(back.label, std::nullopt);
  const LabelSwitch* entry = label ? network_.labels(probe.node).find(label->label) : nullptr;
  back.answer = std::move(made);
  if (entry != nullptr && !entry->ends_here) {  // the error follows the tunnel to its end
    if (entry->out_label) {
      back.label = {.label = *entry->out_label, .traffic_class = 0, .bottom = true, .ttl = 255};
    }
    move(std::move(back), entry->out);
    return;
  }
  route_answer(back);
}

void Oracle::Propagation::route_answer(const OracleProbe& probe) {
  const NextHops* hops = network_.route(probe.node, probe.destination);
  if (hops == nullptr) {
    silence();
    return;
  }
  for (const NextHop& hop : *hops) {
    OracleProbe branch = probe;
    const std::size_t peer = network_.ends(probe.node)[hop.interface].peer;
    if (network_.node(probe.node).kind == NodeKind::Router) {
      leave_boxes(branch, network_, !network_.is_inside(probe.node, peer));
      branch.label =
          network_.labels(probe.node)
              .label_for(probe.destination, static_cast<std::uint8_t>(probe.ttl), hop.interface);
    }
    move(std::move(branch), hop.interface);
  }
}

}  // namespace synroute::sim
