// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/strong.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace synroute::model {

enum class Certainty : std::uint8_t { Certain, Likely, Possible };
/// "certain", "likely", "possible".
[[nodiscard]] std::string_view name(Certainty certainty);

/// What a finding is about.
enum class FindingKind : std::uint8_t {
  NotSent,                  ///< this host refused to send probes
  LocalFirewall,            ///< this host's firewall drops ICMP errors
  NothingCameBack,          ///< no answer to any probe
  NoReports,                ///< the target answers, no router does
  SilentHop,                ///< no answer from hops before others that answer
  LimitedReports,           ///< a router rate-limits its ICMP errors
  PartlyAnswered,           ///< a hop left probes unanswered, more than which is not known
  LoadBalanced,             ///< several routers at one hop
  RoutingLoop,              ///< routers that forward probes in a circle
  DestinationNat,           ///< time-exceeded errors with the target's address
  SequenceRewritten,        ///< TCP sequence numbers changed on the path
  IpIdRewritten,            ///< the IP ID changed on the path
  SourceUntranslated,       ///< source NAT that does not translate quoted packets back
  DestinationUntranslated,  ///< destination NAT that does not translate quoted packets back
  TtlRewritten,             ///< a device near this host rewrites the TTL, or answers for the target
  ForgedResets,             ///< resets that another answer to the same probe disproves
  ContradictingAnswers,     ///< several hosts answered one probe
  UnattributedAnswers,  ///< segments with the target's address that carry no number of any probe
  ResetOnTheWay,        ///< a closed port whose resets may come from the hop before
  ResetIgnored,         ///< a closed port whose resets carry no ACK: connections ignore them
  OwnNat,               ///< this host's own NAT rules change its connections to the target
  OwnNatBalances,       ///< and send them to several targets in turn
  OwnTtl,               ///< a rule of this host sets the TTL of what it sends
  OwnHostDropsAnswer,   ///< this host drops the answers of the target before TCP gets them
  AnswersEveryPort,     ///< scan: random ports are open
  AnsweredNearer,       ///< scan: ports answered at a smaller distance than others
};

/// The words of the JSON output, one row per kind in the order of the enum. The schemas list the
/// same set (tests/golden/schema_test.cpp compares them); changing a word breaks users.
inline constexpr std::array<std::pair<FindingKind, std::string_view>, 26> kFindingNames{{
    {FindingKind::NotSent, "not_sent"},
    {FindingKind::LocalFirewall, "local_firewall"},
    {FindingKind::NothingCameBack, "nothing_came_back"},
    {FindingKind::NoReports, "no_reports"},
    {FindingKind::SilentHop, "silent_hop"},
    {FindingKind::LimitedReports, "limited_reports"},
    {FindingKind::PartlyAnswered, "partly_answered"},
    {FindingKind::LoadBalanced, "load_balanced"},
    {FindingKind::RoutingLoop, "routing_loop"},
    {FindingKind::DestinationNat, "destination_nat"},
    {FindingKind::SequenceRewritten, "sequence_rewritten"},
    {FindingKind::IpIdRewritten, "ip_id_rewritten"},
    {FindingKind::SourceUntranslated, "source_untranslated"},
    {FindingKind::DestinationUntranslated, "destination_untranslated"},
    {FindingKind::TtlRewritten, "ttl_rewritten"},
    {FindingKind::ForgedResets, "forged_resets"},
    {FindingKind::ContradictingAnswers, "contradicting_answers"},
    {FindingKind::UnattributedAnswers, "unattributed_answers"},
    {FindingKind::ResetOnTheWay, "reset_on_the_way"},
    {FindingKind::ResetIgnored, "reset_ignored"},
    {FindingKind::OwnNat, "own_nat"},
    {FindingKind::OwnNatBalances, "own_nat_balances"},
    {FindingKind::OwnTtl, "own_ttl"},
    {FindingKind::OwnHostDropsAnswer, "own_host_drops_answer"},
    {FindingKind::AnswersEveryPort, "answers_every_port"},
    {FindingKind::AnsweredNearer, "answered_nearer"},
}};
[[nodiscard]] std::string_view name(FindingKind kind);

/// An inference about the path and the evidence for it.
struct Finding {
  FindingKind kind = FindingKind::SilentHop;
  Ttl first_hop;  ///< the cause lies between these two, both included; 0 when no hop is known
  Ttl last_hop;
  Certainty certainty = Certainty::Certain;
  std::string sentence;           ///< for people; may contain bytes from the network
  std::vector<ProbeId> evidence;  ///< the probes it is inferred from
};

}  // namespace synroute::model
