// SPDX-License-Identifier: Apache-2.0
#include "sim/truth/oracle.hpp"

#include "sim/scenario/tunnels.hpp"
#include "sim/stack/icmp_error.hpp"
#include "sim/truth/box_rules.hpp"

#include <algorithm>
#include <utility>

namespace synroute::sim {

/// One probe followed over all its ways, step by step.
class Oracle::Journey {
 public:
  explicit Journey(const Chart& chart) : chart_{chart} {}
  [[nodiscard]] Fate run(const IpAddress& target, std::uint16_t port, int ttl);

 private:
  /// A packet in a loop comes to its end by TTL; this only guards against loops that keep the TTL.
  static constexpr int kStepLimit = 1024;

  void step(OracleProbe traveller);
  void at_prober(const OracleProbe& traveller);
  void at_host(OracleProbe traveller);
  void at_router(OracleProbe traveller);
  void at_internet(OracleProbe traveller);
  void at_cloud_router(
      OracleProbe traveller,
      const InternetMap& map,
      const CloudPath& path,
      std::size_t stage,
      ErrorMeaning meaning);
  void switch_label(OracleProbe traveller, const RouterSettings& router);
  void arrive(OracleProbe traveller, const RouterSettings& router);
  /// Sends an answer about `probe` back from where it is.
  void answer(const OracleProbe& probe, Arrival made);
  void report(const OracleProbe& probe, const RouterSettings& router, ErrorMeaning meaning);
  void route_answer(const OracleProbe& traveller);
  void move(OracleProbe traveller, std::uint32_t interface);
  /// Whether boxes let a packet go on; what they said of it is on its way then.
  [[nodiscard]] bool obey(const BoxVerdict& verdict, const OracleProbe& traveller);
  void silence() { fate_.may_be_silent = true; }

  const Chart& chart_;
  Fate fate_;
  std::vector<OracleProbe> next_;
};

Fate Oracle::fate(const IpAddress& target, Port port, int ttl) const {
  return Journey{chart_}.run(target, port.value(), ttl);
}

Fate Oracle::Journey::run(const IpAddress& target, std::uint16_t port, int ttl) {
  const auto own = chart_.scenario().prober_address(target.family());
  if (!own) {
    return {.may_be_silent = true};
  }
  OracleProbe probe{
      .node = chart_.scenario().prober(),
      .prober = *own,
      .destination = target,
      .port = port,
      .ttl = ttl};
  move(std::move(probe), 0);
  for (int steps = 0; !next_.empty() && steps < kStepLimit; ++steps) {
    for (OracleProbe& traveller : std::exchange(next_, {})) {
      step(std::move(traveller));
    }
  }
  return std::move(fate_);
}

void Oracle::Journey::move(OracleProbe traveller, std::uint32_t interface) {
  const LinkEnd& end = chart_.ends(traveller.node)[interface];
  const LinkSpec& link = chart_.scenario().links[end.link];
  const LinkSettings& settings = end.is_left ? link.there : link.back;
  fate_.by_chance |= settings.loss > 0 || settings.corrupt > 0;
  traveller.delay += settings.delay;
  traveller.from = std::exchange(traveller.node, end.peer);
  if (std::ranges::find(next_, traveller) == next_.end()) {
    next_.push_back(std::move(traveller));
  }
}

void Oracle::Journey::step(OracleProbe traveller) {
  switch (chart_.node(traveller.node).kind) {
    case NodeKind::Prober: at_prober(traveller); break;
    case NodeKind::Host: at_host(std::move(traveller)); break;
    case NodeKind::Router: at_router(std::move(traveller)); break;
    case NodeKind::Internet: at_internet(std::move(traveller)); break;
  }
}

void Oracle::Journey::at_prober(const OracleProbe& traveller) {
  if (!traveller.answer || traveller.destination != traveller.prober) {
    silence();
    return;
  }
  Arrival arrival = *traveller.answer;
  arrival.ttl = traveller.ttl;
  arrival.delay = traveller.delay;
  if (std::ranges::find(fate_.arrivals, arrival) == fate_.arrivals.end()) {
    fate_.arrivals.push_back(std::move(arrival));
  }
}

void Oracle::Journey::at_host(OracleProbe traveller) {
  if (traveller.answer || !chart_.owns(traveller.node, traveller.destination)) {
    silence();
    return;
  }
  const HostSettings& host = chart_.node(traveller.node).host;
  Arrival made{.decider = Decider::Host, .from = traveller.destination, .ttl = host.initial_ttl};
  made.quoted_ttl = traveller.ttl;
  made.kind = model::ReplyKind::Rst;
  const auto refused = std::ranges::find_if(host.rejected, [&](const HostSettings::Rejected& row) {
    return row.ports.contains(traveller.port);
  });
  const bool open = host.open.contains(traveller.port);
  if (refused != host.rejected.end()) {
    if (const auto code = reject_code(refused->kind, traveller.destination.family())) {
      made.kind = model::ReplyKind::Unreachable;
      made.icmp_type = code->type;
      made.icmp_code = code->code;
      made.ttl = host.error.initial_ttl;
    }
  } else if (open) {
    if (!host.resets_last_ttl || traveller.ttl > 1) {
      made.kind = model::ReplyKind::SynAck;
    }
  } else if (!host.closed.contains(traveller.port) && host.filtered.contains(traveller.port)) {
    silence();
    return;
  }
  traveller.delay += host.answer_delay;
  answer(traveller, std::move(made));
}

void Oracle::Journey::at_router(OracleProbe traveller) {
  const RouterSettings& router = chart_.node(traveller.node).router;
  if (traveller.label) {
    switch_label(std::move(traveller), router);
  } else {
    arrive(std::move(traveller), router);
  }
}

void Oracle::Journey::at_internet(OracleProbe traveller) {
  const InternetMap map{chart_.node(traveller.node).internet};
  if (traveller.answer || !map.contains(traveller.destination)) {
    silence();
    return;
  }
  const Family family = traveller.destination.family();
  const CloudPath path = map.path(traveller.destination);
  const auto length = static_cast<int>(path.length);
  if (traveller.ttl <= length) {
    const auto stage = static_cast<std::size_t>(std::max(traveller.ttl - 1, 0));
    traveller.ttl = std::min(traveller.ttl, 1);
    at_cloud_router(std::move(traveller), map, path, stage, time_exceeded(family));
    return;
  }
  traveller.ttl -= length;
  if (!path.routed) {
    const ErrorMeaning meaning = rejection(Reject::Host, family);
    at_cloud_router(std::move(traveller), map, path, path.length - 1, meaning);
    return;
  }
  const CloudPort port = map.port(traveller.destination, traveller.port);
  if (!path.alive || port == CloudPort::Filtered) {
    silence();
    return;
  }
  traveller.delay += 2 * path.delay_to(path.length);
  Arrival made{.decider = Decider::Host, .from = traveller.destination};
  made.kind = port == CloudPort::Open ? model::ReplyKind::SynAck : model::ReplyKind::Rst;
  made.ttl = 64 - static_cast<int>(path.way_back(path.length));
  answer(traveller, std::move(made));
}

void Oracle::Journey::at_cloud_router(
    OracleProbe traveller,
    const InternetMap& map,
    const CloudPath& path,
    std::size_t stage,
    ErrorMeaning meaning) {
  const Family family = traveller.destination.family();
  traveller.delay += 2 * path.delay_to(stage);
  for (std::uint32_t flow = 0; flow < path.stages[stage].width; ++flow) {
    const CloudRouter router = map.router(path.stages[stage].member(flow), family);
    if (router.silent) {
      silence();
      continue;
    }
    Arrival made{.from = router.address, .quoted_ttl = traveller.ttl};
    made.kind = meaning.type == time_exceeded(family).type ? model::ReplyKind::TimeExceeded
                                                           : model::ReplyKind::Unreachable;
    made.icmp_type = meaning.type;
    made.icmp_code = meaning.code;
    made.ttl = router.initial_ttl - static_cast<int>(path.way_back(stage));
    answer(traveller, std::move(made));
  }
}

void Oracle::Journey::switch_label(OracleProbe traveller, const RouterSettings& router) {
  wire::MplsLabel& label = *traveller.label;
  const LabelSwitch* entry = chart_.labels(traveller.node).find(label.label);
  if (entry == nullptr) {
    silence();
    return;
  }
  if (entry->ends_here) {
    traveller.ttl = std::min<int>(traveller.ttl, label.ttl);
    arrive(std::move(traveller), router);
    return;
  }
  if (label.ttl <= 1) {
    report(traveller, router, time_exceeded(traveller.destination.family()));
    return;
  }
  --label.ttl;
  if (entry->out_label) {
    label.label = *entry->out_label;
  } else {
    traveller.ttl = std::min<int>(traveller.ttl, label.ttl);
    traveller.label.reset();
  }
  move(std::move(traveller), entry->out);
}

void Oracle::Journey::arrive(OracleProbe traveller, const RouterSettings& router) {
  const bool outbound = chart_.is_inside(traveller.node, traveller.from);
  if (!obey(enter_boxes(traveller, router, outbound), traveller)) {
    return;
  }
  if (chart_.owns(traveller.node, traveller.destination)) {
    if (traveller.answer) {
      silence();
      return;
    }
    answer(
        traveller,
        {.kind = model::ReplyKind::Rst,
         .decider = Decider::Host,
         .from = traveller.destination,
         .ttl = router.error.initial_ttl});
    return;
  }
  if (!router.keeps_ttl && traveller.ttl <= (router.forwards_zero_ttl ? 0 : 1)) {
    report(traveller, router, time_exceeded(traveller.destination.family()));
    return;
  }
  const NextHops* hops = chart_.route(traveller.node, traveller.destination);
  if (hops == nullptr) {
    report(traveller, router, no_route(traveller.destination.family()));
    return;
  }
  traveller.ttl -= router.keeps_ttl ? 0 : 1;
  traveller.label.reset();
  if (!obey(forward_boxes(traveller, chart_, outbound), traveller)) {
    return;
  }
  leave_boxes(traveller, router, outbound);
  const bool by_label =
      router.balance == Balance::Label && traveller.destination.family() == Family::V6;
  fate_.fixed_choice |= hops->size() > 1 && (router.balance == Balance::Destination || by_label);
  for (const NextHop& hop : *hops) {
    OracleProbe branch = traveller;
    branch.label =
        chart_.labels(traveller.node)
            .label_for(
                traveller.destination, static_cast<std::uint8_t>(traveller.ttl), hop.interface);
    move(std::move(branch), hop.interface);
  }
}

bool Oracle::Journey::obey(const BoxVerdict& verdict, const OracleProbe& traveller) {
  for (const Arrival& made : verdict.answers) {
    answer(traveller, made);
  }
  fate_.may_be_silent |= verdict.swallowed;
  return verdict.passes;
}

void Oracle::Journey::report(
    const OracleProbe& probe, const RouterSettings& router, ErrorMeaning meaning) {
  const auto from = chart_.report_address(probe);
  const bool about_answer = probe.answer.has_value();
  if (router.silent || router.answers <= 0 || !from || about_answer) {
    silence();
    return;
  }
  fate_.by_chance |= router.answers < 1;
  Arrival made{.from = *from, .ttl = router.error.initial_ttl, .quoted_ttl = probe.ttl};
  made.icmp_type = meaning.type;
  made.icmp_code = meaning.code;
  made.kind = meaning.type == time_exceeded(from->family()).type ? model::ReplyKind::TimeExceeded
                                                                 : model::ReplyKind::Unreachable;
  const RouterSettings shown = router_settings(chart_.scenario(), probe.node);
  if (shown.error.extension != ExtensionLength::None) {
    made.labels = probe.label ? std::vector{*probe.label} : shown.labels;
  }
  OracleProbe slow = probe;
  slow.delay += router.slow_least;
  answer(slow, std::move(made));
}

void Oracle::Journey::answer(const OracleProbe& probe, Arrival made) {
  made.node = probe.node;
  OracleProbe back = probe;
  back.destination = probe.source();
  back.ttl = made.ttl;
  const auto label = std::exchange(back.label, std::nullopt);
  const LabelSwitch* entry = label ? chart_.labels(probe.node).find(label->label) : nullptr;
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

void Oracle::Journey::route_answer(const OracleProbe& traveller) {
  const NextHops* hops = chart_.route(traveller.node, traveller.destination);
  if (hops == nullptr) {
    silence();
    return;
  }
  for (const NextHop& hop : *hops) {
    OracleProbe branch = traveller;
    const std::size_t peer = chart_.ends(traveller.node)[hop.interface].peer;
    if (chart_.node(traveller.node).kind == NodeKind::Router) {
      leave_boxes(
          branch, chart_.node(traveller.node).router, !chart_.is_inside(traveller.node, peer));
      branch.label =
          chart_.labels(traveller.node)
              .label_for(
                  traveller.destination, static_cast<std::uint8_t>(traveller.ttl), hop.interface);
    }
    move(std::move(branch), hop.interface);
  }
}

}  // namespace synroute::sim
