// SPDX-License-Identifier: Apache-2.0
#include "infer/own_host.hpp"

#include "model/port_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::Delivery;
using model::FindingKind;
using model::OwnTranslation;
using model::ProbeRecord;

std::string endpoint(const IpAddress& address, Port port) {
  return address.family() == Family::V6 ? fmt::format("[{}]:{}", address.to_string(), port.value())
                                        : fmt::format("{}:{}", address.to_string(), port.value());
}

bool changes_source(const OwnTranslation& translation) {
  return translation.before.source != translation.after.source
         || translation.before.source_port != translation.after.source_port;
}

/// About no hop: this host is before the first.
model::Finding finding(
    model::FindingKind kind,
    model::Certainty certainty,
    std::string sentence,
    std::vector<ProbeId> evidence = {}) {
  return {
      .kind = kind,
      .first_hop = {},
      .last_hop = {},
      .certainty = certainty,
      .sentence = std::move(sentence),
      .evidence = std::move(evidence)};
}

/// `owner`: "its" where the sentence stands behind "this host".
std::string sentence_of(const OwnTranslation& translation, std::string_view owner) {
  const auto& [before, after] = translation;
  std::string text = fmt::format("{} NAT rules ", owner);
  if (translation.changes_destination()) {
    text += fmt::format(
        "redirect connections to {} to {}",
        endpoint(before.destination, before.destination_port),
        endpoint(after.destination, after.destination_port));
  }
  if (changes_source(translation)) {
    text += translation.changes_destination() ? " and " : "";
    text += before.source == after.source ? std::string{"change the source port of connections"}
                                          : fmt::format(
                                                "change the source of connections from {} to {}",
                                                before.source.to_string(),
                                                after.source.to_string());
  }
  return text;
}

}  // namespace

void find_own_nat(const model::Trace& trace, std::vector<model::Finding>& findings) {
  if (trace.own_translations.empty()) {
    return;
  }
  findings.push_back(finding(
      FindingKind::OwnNat, Certainty::Certain, sentence_of(trace.own_translations.front(), "its")));
  std::string others;
  for (const OwnTranslation& other : trace.own_translations) {
    if (other.changes_destination()) {
      others += (others.empty() ? "" : ", ")
                + endpoint(other.after.destination, other.after.destination_port);
    }
  }
  const auto destinations =
      std::ranges::count_if(trace.own_translations, &OwnTranslation::changes_destination);
  if (destinations > 1) {
    findings.push_back(finding(
        FindingKind::OwnNatBalances,
        Certainty::Certain,
        fmt::format(
            "they spread connections over several targets, whose paths the rows mix: {}", others)));
  }
}

void find_own_ttl(const model::Trace& trace, std::vector<model::Finding>& findings) {
  std::vector<ProbeId> evidence;
  std::set<Ttl> values;
  for (const ProbeRecord& record : trace.probes) {
    if (record.probe.ttl_set_by_host) {
      evidence.push_back(record.probe.id);
      values.insert(*record.probe.ttl_set_by_host);
    }
  }
  if (evidence.empty()) {
    return;
  }
  const std::string what =
      values.size() == 1 ? fmt::format("to {}", values.begin()->value()) : "anew";
  findings.push_back(finding(
      FindingKind::OwnTtl,
      Certainty::Certain,
      fmt::format("its rules set the TTL of these packets {}: the rows do not show the path", what),
      std::move(evidence)));
}

void find_own_nat_of_ports(const model::Trace& trace, std::vector<model::Finding>& findings) {
  const auto& rules = trace.own_translations;
  if (rules.empty()) {
    return;
  }
  constexpr std::size_t kShown = 4;
  std::string text;
  for (const OwnTranslation& rule : rules | std::views::take(kShown)) {
    text += (text.empty() ? "" : "; ") + sentence_of(rule, text.empty() ? "this host's" : "its");
  }
  if (rules.size() > kShown) {
    text += fmt::format("; and {} more", rules.size() - kShown);
  }
  findings.push_back(finding(FindingKind::OwnNat, Certainty::Certain, std::move(text)));
}

bool drops_answers(const model::Trace& trace) {
  const auto is = [](Delivery wanted) {
    return [wanted](const ProbeRecord& record) { return record.delivery == wanted; };
  };
  return std::ranges::any_of(trace.probes, is(Delivery::NotDelivered))
         && std::ranges::none_of(trace.probes, is(Delivery::Delivered));
}

std::string reverse_path_text(const model::Trace& trace) {
  const std::uint64_t drops = trace.counters.reverse_path_drops;
  return drops == 0 ? ""
                    : fmt::format(
                          "; its reverse-path filter (rp_filter) dropped {} {} meanwhile",
                          drops,
                          drops == 1 ? "packet" : "packets");
}

void find_undelivered_answers(const model::Trace& trace, std::vector<model::Finding>& findings) {
  if (!drops_answers(trace)) {
    return;
  }
  std::vector<ProbeId> evidence;
  bool accepts = false;
  for (const ProbeRecord& record : trace.probes) {
    if (record.delivery == Delivery::NotDelivered) {
      evidence.push_back(record.probe.id);
      accepts = accepts || record.reply()->kind == model::ReplyKind::SynAck;
    }
  }
  const Certainty certainty = evidence.size() > 1 ? Certainty::Certain : Certainty::Likely;
  findings.push_back(finding(
      FindingKind::OwnHostDropsAnswer,
      certainty,
      fmt::format(
          "{} {}, but this host drops the answer before its TCP gets it: connections time out{}",
          trace.target.address.to_string(),
          accepts ? "accepts" : "refuses",
          reverse_path_text(trace)),
      std::move(evidence)));
}

/// Never certain: it rests on one answer of each port, which a rule may drop by chance.
void find_undelivered_ports(const model::Trace& trace, std::vector<model::Finding>& findings) {
  std::vector<ProbeId> evidence;
  std::vector<Port> ports;
  for (const model::PortResult& result : trace.ports) {
    const bool is_dropped = model::delivery_of(trace, result.decided_by) == Delivery::NotDelivered;
    if (is_dropped && !result.control) {
      evidence.push_back(*result.decided_by);
      ports.push_back(result.port);
    }
  }
  if (ports.empty()) {
    return;
  }
  findings.push_back(finding(
      FindingKind::OwnHostDropsAnswer,
      Certainty::Likely,
      fmt::format(
          "this host dropped the {} of {} {} before its TCP got {}: if it always does, connections time out{}",
          ports.size() == 1 ? "answer" : "answers",
          ports.size() == 1 ? "port" : "ports",
          model::port_list(ports),
          ports.size() == 1 ? "it" : "them",
          reverse_path_text(trace)),
      std::move(evidence)));
}

}  // namespace synroute::infer
