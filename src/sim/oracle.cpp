// SPDX-License-Identifier: Apache-2.0
#include "sim/oracle.hpp"

#include "sim/icmp_error.hpp"
#include "sim/tunnels.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace synroute::sim {

/// One probe followed over all its ways, step by step.
class Oracle::Journey {
 public:
  explicit Journey(const Oracle& oracle) : oracle_{oracle} {}
  [[nodiscard]] Fate run(const IpAddress& target, std::uint16_t port, int ttl);

 private:
  /// A packet in a loop comes to its end by TTL; this only guards against loops that keep the TTL.
  static constexpr int kStepLimit = 1024;

  void step(Traveller traveller);
  void at_prober(const Traveller& traveller);
  void at_host(Traveller traveller);
  void at_router(Traveller traveller);
  void at_internet(Traveller traveller);
  void at_cloud_router(
      Traveller traveller,
      const InternetMap& map,
      const CloudPath& path,
      std::size_t stage,
      ErrorMeaning meaning);
  void switch_label(Traveller traveller, const RouterSettings& router);
  void arrive(Traveller traveller, const RouterSettings& router);
  [[nodiscard]] bool enter_boxes(Traveller& traveller, const RouterSettings& router, bool outbound);
  [[nodiscard]] bool forward_boxes(
      const Traveller& traveller, const RouterSettings& router, bool outbound);
  void leave_boxes(Traveller& traveller, const RouterSettings& router, bool outbound) const;

  /// Sends an answer about `probe` back from where it is.
  void answer(const Traveller& probe, Arrival made);
  void report(const Traveller& probe, const RouterSettings& router, ErrorMeaning meaning);
  void route_answer(Traveller traveller);
  void move(Traveller traveller, std::uint32_t interface);
  void silence() { fate_.may_be_silent = true; }

  [[nodiscard]] const NodeSpec& spec(std::size_t node) const {
    return oracle_.scenario_.nodes[node];
  }
  [[nodiscard]] bool owns(std::size_t node, const IpAddress& address) const;
  [[nodiscard]] bool is_inside(std::size_t node, std::size_t peer) const {
    return oracle_.from_prober_[peer] < oracle_.from_prober_[node];
  }
  [[nodiscard]] std::optional<IpAddress> interface_address(
      std::size_t node, std::size_t peer, Family family) const;
  [[nodiscard]] std::optional<IpAddress> report_address(
      const Traveller& probe, const RouterSettings& router) const;
  [[nodiscard]] std::optional<IpAddress> first_address(std::size_t node, Family family) const;
  [[nodiscard]] IpAddress source_of(const Traveller& traveller) const;

  const Oracle& oracle_;
  IpAddress prober_address_;
  Fate fate_;
  std::vector<Traveller> next_;
};

Oracle::Oracle(const Scenario& scenario)
    : scenario_{scenario},
      topology_{scenario},
      routes_{route_tables(scenario, topology_)},
      labels_{label_tables(scenario, topology_)},
      from_prober_{topology_.distances(scenario.prober())},
      owned_{owned_addresses(scenario)} {}

Fate Oracle::fate(const IpAddress& target, Port port, int ttl) const {
  return Journey{*this}.run(target, port.value(), ttl);
}

Fate Oracle::Journey::run(const IpAddress& target, std::uint16_t port, int ttl) {
  const auto own = oracle_.scenario_.prober_address(target.family());
  if (!own) {
    return {.may_be_silent = true};
  }
  prober_address_ = *own;
  Traveller probe{
      .node = oracle_.scenario_.prober(), .destination = target, .port = port, .ttl = ttl};
  move(std::move(probe), 0);
  for (int steps = 0; !next_.empty() && steps < kStepLimit; ++steps) {
    for (Traveller& traveller : std::exchange(next_, {})) {
      step(std::move(traveller));
    }
  }
  return std::move(fate_);
}

void Oracle::Journey::move(Traveller traveller, std::uint32_t interface) {
  const LinkEnd& end = oracle_.topology_.ends(traveller.node)[interface];
  const LinkSpec& link = oracle_.scenario_.links[end.link];
  const LinkSettings& settings = end.is_left ? link.there : link.back;
  fate_.by_chance |= settings.loss > 0 || settings.corrupt > 0;
  traveller.delay += settings.delay;
  traveller.from = std::exchange(traveller.node, end.peer);
  if (std::ranges::find(next_, traveller) == next_.end()) {
    next_.push_back(std::move(traveller));
  }
}

void Oracle::Journey::step(Traveller traveller) {
  switch (spec(traveller.node).kind) {
    case NodeKind::Prober: at_prober(traveller); break;
    case NodeKind::Host: at_host(std::move(traveller)); break;
    case NodeKind::Router: at_router(std::move(traveller)); break;
    case NodeKind::Internet: at_internet(std::move(traveller)); break;
  }
}

void Oracle::Journey::at_prober(const Traveller& traveller) {
  if (!traveller.answer || traveller.destination != prober_address_) {
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

void Oracle::Journey::at_host(Traveller traveller) {
  if (traveller.answer || !owns(traveller.node, traveller.destination)) {
    silence();
    return;
  }
  const HostSettings& host = spec(traveller.node).host;
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

void Oracle::Journey::at_router(Traveller traveller) {
  const RouterSettings& router = spec(traveller.node).router;
  if (traveller.label) {
    switch_label(std::move(traveller), router);
  } else {
    arrive(std::move(traveller), router);
  }
}

void Oracle::Journey::at_internet(Traveller traveller) {
  const InternetMap map{spec(traveller.node).internet};
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
    Traveller traveller,
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

void Oracle::Journey::switch_label(Traveller traveller, const RouterSettings& router) {
  wire::MplsLabel& label = *traveller.label;
  const LabelSwitch* entry = oracle_.labels_[traveller.node].find(label.label);
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

void Oracle::Journey::arrive(Traveller traveller, const RouterSettings& router) {
  const bool outbound = is_inside(traveller.node, traveller.from);
  if (!enter_boxes(traveller, router, outbound)) {
    return;
  }
  if (owns(traveller.node, traveller.destination)) {
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
  const NextHops* hops = oracle_.routes_[traveller.node].find(traveller.destination);
  if (hops == nullptr) {
    report(traveller, router, no_route(traveller.destination.family()));
    return;
  }
  traveller.ttl -= router.keeps_ttl ? 0 : 1;
  traveller.label.reset();
  if (!forward_boxes(traveller, router, outbound)) {
    return;
  }
  leave_boxes(traveller, router, outbound);
  const bool by_label =
      router.balance == Balance::Label && traveller.destination.family() == Family::V6;
  fate_.fixed_choice |= hops->size() > 1 && (router.balance == Balance::Destination || by_label);
  for (const NextHop& hop : *hops) {
    Traveller branch = traveller;
    branch.label = oracle_.labels_[traveller.node].label_for(
        traveller.destination, static_cast<std::uint8_t>(traveller.ttl), hop.interface);
    move(std::move(branch), hop.interface);
  }
}

/// False when a box ends the packet's way.
bool Oracle::Journey::enter_boxes(
    Traveller& traveller, const RouterSettings& router, bool outbound) {
  for (const BoxSettings& box : router.boxes) {
    if (const auto* ttl = std::get_if<TtlSettings>(&box)) {
      traveller.ttl = std::clamp(ttl->add ? traveller.ttl + ttl->value : ttl->value, 1, 255);
    } else if (const auto* nat = std::get_if<DestinationNatSettings>(&box)) {
      const bool mine = outbound && !traveller.answer && traveller.destination == nat->from
                        && (!nat->from_port || nat->from_port->value() == traveller.port);
      if (mine) {
        traveller.translations.push_back({traveller.node, false, nat->from, nat->to});
        traveller.destination = nat->to;
        traveller.port = nat->to_port ? nat->to_port->value() : traveller.port;
      }
    } else if (const auto* proxy = std::get_if<ProxySettings>(&box)) {
      if (outbound && !traveller.answer && proxy->ports.contains(traveller.port)) {
        answer(
            traveller,
            {.kind = model::ReplyKind::SynAck,
             .decider = Decider::Box,
             .from = traveller.destination,
             .ttl = 64});
        return false;
      }
    }
  }
  // Source translation is undone before anything else looks at the destination.
  auto& translations = traveller.translations;
  if (!outbound && traveller.answer && !translations.empty()) {
    const auto undone = std::ranges::find_if(translations, [&](const Translation& done) {
      return done.of_source && done.node == traveller.node && done.outer == traveller.destination;
    });
    if (undone != translations.end()) {
      traveller.destination = undone->inner;
      translations.erase(undone);
    }
  }
  return true;
}

/// False when a box ends the packet's way.
bool Oracle::Journey::forward_boxes(
    const Traveller& traveller, const RouterSettings& router, bool outbound) {
  const IpAddress& target = traveller.destination;
  const bool is_probe = outbound && !traveller.answer;
  const bool is_icmp = traveller.answer && traveller.answer->is_icmp();
  for (const BoxSettings& box : router.boxes) {
    if (const auto* drop = std::get_if<DropSettings>(&box)) {
      const bool matches = drop->icmp ? is_icmp : !is_icmp && drop->ports.contains(traveller.port);
      if (matches && drop->inbound == !outbound) {
        silence();
        return false;
      }
    } else if (const auto* reject = std::get_if<RejectSettings>(&box)) {
      if (!is_probe || !reject->ports.contains(traveller.port)) {
        continue;
      }
      const auto code = reject_code(reject->kind, target.family());
      const auto own = first_address(traveller.node, target.family());
      Arrival made{
          .kind = model::ReplyKind::Rst, .decider = Decider::Box, .from = target, .ttl = 64};
      made.quoted_ttl = traveller.ttl;
      if (code && !own) {
        silence();
        return false;
      }
      if (code) {
        made.kind = model::ReplyKind::Unreachable;
        made.from = *own;
        made.icmp_type = code->type;
        made.icmp_code = code->code;
      }
      answer(traveller, std::move(made));
      return false;
    } else if (const auto* reset = std::get_if<ResetSettings>(&box)) {
      if (is_probe && reset->ports.contains(traveller.port)) {
        answer(
            traveller,
            {.kind = model::ReplyKind::Rst,
             .decider = Decider::Box,
             .from = target,
             .ttl = reset->ttl});
        if (reset->in_path) {
          return false;
        }
      }
    } else if (const auto* syn = std::get_if<SynProxySettings>(&box)) {
      if (is_probe && syn->ports.contains(traveller.port)) {
        answer(
            traveller,
            {.kind = model::ReplyKind::SynAck, .decider = Decider::Box, .from = target, .ttl = 64});
        return false;
      }
    }
  }
  return true;
}

void Oracle::Journey::leave_boxes(
    Traveller& traveller, const RouterSettings& router, bool outbound) const {
  if (outbound && !traveller.answer) {
    for (const BoxSettings& box : router.boxes) {
      const auto* nat = std::get_if<SourceNatSettings>(&box);
      if (nat != nullptr && nat->address.family() == traveller.destination.family()) {
        traveller.translations.push_back(
            {traveller.node, true, nat->address, source_of(traveller)});
      }
    }
  }
  if (!outbound && traveller.answer) {
    const auto undone = std::ranges::find_if(traveller.translations, [&](const Translation& done) {
      return !done.of_source && done.node == traveller.node;
    });
    if (undone != traveller.translations.end()) {
      traveller.answer->from = undone->outer;
      traveller.translations.erase(undone);
    }
  }
}

void Oracle::Journey::report(
    const Traveller& probe, const RouterSettings& router, ErrorMeaning meaning) {
  const auto from = report_address(probe, router);
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
  const RouterSettings shown = router_settings(oracle_.scenario_, probe.node);
  if (shown.error.extension != ExtensionLength::None) {
    made.labels = probe.label ? std::vector{*probe.label} : shown.labels;
  }
  Traveller slow = probe;
  slow.delay += router.slow_least;
  answer(slow, std::move(made));
}

void Oracle::Journey::answer(const Traveller& probe, Arrival made) {
  made.node = probe.node;
  Traveller back = probe;
  back.destination = source_of(probe);
  back.ttl = made.ttl;
  const auto label = std::exchange(back.label, std::nullopt);
  const LabelSwitch* entry = label ? oracle_.labels_[probe.node].find(label->label) : nullptr;
  back.answer = std::move(made);
  if (entry != nullptr && !entry->ends_here) {  // the error follows the tunnel to its end
    if (entry->out_label) {
      back.label = {.label = *entry->out_label, .traffic_class = 0, .bottom = true, .ttl = 255};
    }
    move(std::move(back), entry->out);
    return;
  }
  route_answer(std::move(back));
}

void Oracle::Journey::route_answer(Traveller traveller) {
  const NextHops* hops = oracle_.routes_[traveller.node].find(traveller.destination);
  if (hops == nullptr) {
    silence();
    return;
  }
  for (const NextHop& hop : *hops) {
    Traveller branch = traveller;
    const std::size_t peer = oracle_.topology_.ends(traveller.node)[hop.interface].peer;
    if (spec(traveller.node).kind == NodeKind::Router) {
      leave_boxes(branch, spec(traveller.node).router, !is_inside(traveller.node, peer));
      branch.label = oracle_.labels_[traveller.node].label_for(
          traveller.destination, static_cast<std::uint8_t>(traveller.ttl), hop.interface);
    }
    move(std::move(branch), hop.interface);
  }
}

bool Oracle::Journey::owns(std::size_t node, const IpAddress& address) const {
  return std::ranges::any_of(oracle_.owned_, [&](const OwnedAddress& owned) {
    return owned.node == node && owned.address == address;
  });
}

std::optional<IpAddress> Oracle::Journey::interface_address(
    std::size_t node, std::size_t peer, Family family) const {
  const auto& ends = oracle_.topology_.ends(node);
  const auto end = std::ranges::find(ends, peer, &LinkEnd::peer);
  const LinkSpec& link = oracle_.scenario_.links[end->link];
  const auto& addresses = end->is_left ? link.left_addresses : link.right_addresses;
  const auto found = std::ranges::find(addresses, family, &IpAddress::family);
  return found == addresses.end() ? std::nullopt : std::optional{*found};
}

std::optional<IpAddress> Oracle::Journey::first_address(std::size_t node, Family family) const {
  for (const OwnedAddress& owned : oracle_.owned_) {
    if (owned.node == node && owned.address.family() == family) {
      return owned.address;
    }
  }
  return std::nullopt;
}

std::optional<IpAddress> Oracle::Journey::report_address(
    const Traveller& probe, const RouterSettings& router) const {
  const Family family = probe.destination.family();
  std::optional<IpAddress> chosen;
  if (router.reply_from == ReplySource::Incoming) {
    chosen = interface_address(probe.node, probe.from, family);
  } else if (router.reply_from == ReplySource::Outgoing) {
    if (const NextHops* hops = oracle_.routes_[probe.node].find(source_of(probe))) {
      const LinkEnd& end = oracle_.topology_.ends(probe.node)[hops->front().interface];
      chosen = interface_address(probe.node, end.peer, family);
    }
  }
  return chosen ? chosen : first_address(probe.node, family);
}

/// The source address a probe shows where it is.
IpAddress Oracle::Journey::source_of(const Traveller& traveller) const {
  IpAddress source = prober_address_;
  for (const Translation& done : traveller.translations) {
    source = done.of_source ? done.outer : source;
  }
  return source;
}

}  // namespace synroute::sim
