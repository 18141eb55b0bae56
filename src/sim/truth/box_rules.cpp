// SPDX-License-Identifier: Apache-2.0
#include "sim/truth/box_rules.hpp"

#include "sim/stack/icmp_error.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace synroute::sim {

namespace {

constexpr int kBoxTtl = 64;  // what a box sends its own segments with

/// A segment in the target's name.
Arrival forged(model::ReplyKind kind, const IpAddress& target, int ttl = kBoxTtl) {
  return {.kind = kind, .decider = Decider::Box, .from = target, .ttl = ttl};
}

void stop(BoxVerdict& verdict, Arrival answer) {
  verdict.answers.push_back(std::move(answer));
  verdict.passes = false;
}

void swallow(BoxVerdict& verdict) {
  verdict.swallowed = true;
  verdict.passes = false;
}

// --- on arrival: one function per box that does something there ----------------------------------

struct Entry {
  OracleProbe& traveller;
  bool is_probe = false;
  BoxVerdict verdict = {};
};

void enter(const auto& /*box*/, Entry& /*entry*/) {}

void enter(const TtlSettings& box, Entry& entry) {
  OracleProbe& traveller = entry.traveller;
  traveller.ttl = std::clamp(box.add ? traveller.ttl + box.value : box.value, 1, 255);
}

void enter(const DestinationNatSettings& box, Entry& entry) {
  OracleProbe& traveller = entry.traveller;
  if (entry.is_probe && traveller.destination == box.from
      && (!box.from_port || box.from_port->value() == traveller.port)) {
    traveller.translations.push_back({traveller.node, false, box.from, box.to});
    traveller.destination = box.to;
    traveller.port = box.to_port ? box.to_port->value() : traveller.port;
  }
}

void enter(const ProxySettings& box, Entry& entry) {
  if (entry.is_probe && box.ports.contains(entry.traveller.port)) {
    stop(entry.verdict, forged(model::ReplyKind::SynAck, entry.traveller.destination));
  }
}

/// Before anything else looks at the destination of an answer.
void undo_source_translation(OracleProbe& traveller) {
  auto& translations = traveller.translations;
  const auto undone = std::ranges::find_if(translations, [&](const Translation& done) {
    return done.of_source && done.node == traveller.node && done.outer == traveller.destination;
  });
  if (undone != translations.end()) {
    traveller.destination = undone->inner;
    translations.erase(undone);
  }
}

// --- on the way through --------------------------------------------------------------------------

struct Passage {
  const OracleProbe& traveller;
  const Chart& chart;
  bool outbound = false;
  BoxVerdict verdict = {};

  [[nodiscard]] bool is_probe_to(const PortSet& ports) const {
    return outbound && !traveller.answer && ports.contains(traveller.port);
  }
};

void pass(const auto& /*box*/, Passage& /*passage*/) {}

void pass(const DropSettings& box, Passage& passage) {
  const OracleProbe& traveller = passage.traveller;
  const bool is_icmp = traveller.answer && traveller.answer->is_icmp();
  const bool matches = box.icmp ? is_icmp : !is_icmp && box.ports.contains(traveller.port);
  if (matches && box.inbound == !passage.outbound) {
    swallow(passage.verdict);
  }
}

void pass(const RejectSettings& box, Passage& passage) {
  if (!passage.is_probe_to(box.ports)) {
    return;
  }
  const OracleProbe& probe = passage.traveller;
  const Family family = probe.destination.family();
  Arrival made = forged(model::ReplyKind::Rst, probe.destination);
  made.quoted_ttl = probe.ttl;
  if (const auto code = reject_code(box.kind, family)) {
    const auto own = passage.chart.first_address(probe.node, family);
    if (!own) {
      swallow(passage.verdict);
      return;
    }
    made.kind = model::ReplyKind::Unreachable;
    made.from = *own;
    made.icmp_type = code->type;
    made.icmp_code = code->code;
  }
  stop(passage.verdict, std::move(made));
}

void pass(const ResetSettings& box, Passage& passage) {
  if (passage.is_probe_to(box.ports)) {
    passage.verdict.answers.push_back(
        forged(model::ReplyKind::Rst, passage.traveller.destination, box.ttl));
    passage.verdict.passes = !box.in_path;
  }
}

void pass(const SynProxySettings& box, Passage& passage) {
  if (passage.is_probe_to(box.ports)) {
    stop(passage.verdict, forged(model::ReplyKind::SynAck, passage.traveller.destination));
  }
}

}  // namespace

BoxVerdict enter_boxes(OracleProbe& traveller, const RouterSettings& router, bool outbound) {
  Entry entry{.traveller = traveller, .is_probe = outbound && !traveller.answer};
  for (const BoxSettings& each : router.boxes) {
    std::visit([&](const auto& box) { enter(box, entry); }, each);
    if (!entry.verdict.passes) {
      return std::move(entry.verdict);
    }
  }
  if (!outbound && traveller.answer) {
    undo_source_translation(traveller);
  }
  return std::move(entry.verdict);
}

BoxVerdict forward_boxes(const OracleProbe& traveller, const Chart& chart, bool outbound) {
  Passage passage{.traveller = traveller, .chart = chart, .outbound = outbound};
  for (const BoxSettings& each : chart.node(traveller.node).router.boxes) {
    std::visit([&](const auto& box) { pass(box, passage); }, each);
    if (!passage.verdict.passes) {
      break;
    }
  }
  return std::move(passage.verdict);
}

void leave_boxes(OracleProbe& traveller, const RouterSettings& router, bool outbound) {
  if (outbound && !traveller.answer) {
    for (const BoxSettings& box : router.boxes) {
      const auto* nat = std::get_if<SourceNatSettings>(&box);
      if (nat != nullptr && nat->address.family() == traveller.destination.family()) {
        traveller.translations.push_back({traveller.node, true, nat->address, traveller.source()});
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

}  // namespace synroute::sim
