// SPDX-License-Identifier: Apache-2.0
#include "traces.hpp"

#include "infer/infer.hpp"

#include <utility>

namespace synroute::golden {
namespace {

using model::Certainty;
using model::FindingKind;
using model::PortState;
using model::Refusal;
using model::ReplyKind;
using model::StopReason;
using support::TraceBuilder;

model::Verdict answered(PortState state, int distance) {
  return {
      .state = state,
      .reached = true,
      .distance = Ttl{static_cast<std::uint8_t>(distance)},
      .stop = StopReason::TargetAnswered};
}

/// The first two hops of most traces here.
TraceBuilder two_hops() {
  TraceBuilder built;
  built.router(1, "192.0.2.1", {0.412, 0.398, 0.507}).named("192.0.2.1", "gw.lan");
  built.router(2, "100.64.0.1", {3.098, 3.004, 3.396}).named("100.64.0.1", "cgn.isp.example");
  return built;
}

TraceBuilder open() {
  TraceBuilder built = two_hops();
  built.router(3, "198.51.100.7", {9.8, 9.7, 9.75}).named("198.51.100.7", std::nullopt);
  built.target(4, ReplyKind::SynAck, {12.3}).silent(4, 2);
  built.trace().probes[10].overlapped = true;
  built.trace().probes[11].overlapped = true;
  built.direct(ReplyKind::SynAck, {12.2, 12.31}).named("203.0.113.80", "shop.example");
  return built.verdict(answered(PortState::Open, 4));
}

TraceBuilder design_example() {
  TraceBuilder built = two_hops();
  built.silent(3).router(4, "198.51.100.7", {9.8}).router(4, "198.51.100.9", {10.1});
  built.router(4, "198.51.100.7", {9.7});
  built.named("198.51.100.7", "ae1.core.example").named("198.51.100.9", "ae2.core.example");
  built.target(5, ReplyKind::SynAck, {12.3, 12.2, 12.3}).named("203.0.113.80", "shop.example");
  built.verdict(answered(PortState::Open, 5));
  built.trace().findings = {
      {.kind = FindingKind::SilentHop,
       .first_hop = Ttl{3},
       .last_hop = Ttl{3},
       .certainty = Certainty::Certain,
       .sentence = "silent; later hops answer, so it forwards but does not report",
       .evidence = {ProbeId{6}, ProbeId{7}, ProbeId{8}}},
      {.kind = FindingKind::LoadBalanced,
       .first_hop = Ttl{4},
       .last_hop = Ttl{4},
       .certainty = Certainty::Certain,
       .sentence = "two routers share the load",
       .evidence = {ProbeId{9}, ProbeId{10}}}};
  return built;
}

TraceBuilder closed() {
  TraceBuilder built = two_hops();
  built.target(3, ReplyKind::Rst, {12.3, 12.2, 12.3});
  return built.verdict(answered(PortState::Closed, 3));
}

/// A trace whose probes had these flags.
TraceBuilder with_flags(TraceBuilder built, wire::TcpFlags flags) {
  for (model::ProbeRecord& record : built.trace().probes) {
    record.probe.flags = flags;
  }
  return built;
}

TraceBuilder closed_by_fin() {
  return with_flags(closed(), wire::TcpFlag::Fin);
}

TraceBuilder unfiltered() {
  TraceBuilder built = with_flags(closed(), wire::TcpFlag::Ack);
  built.trace().verdict.state = PortState::Unfiltered;
  return built;
}

TraceBuilder ecn() {
  TraceBuilder built = two_hops();
  built.target(3, ReplyKind::SynAck, {12.3});
  built.last_reply().flags = built.last_reply().flags | wire::TcpFlag::Ece;
  model::Verdict verdict = answered(PortState::Open, 3);
  verdict.ecn = true;
  return built.verdict(verdict);
}

TraceBuilder bare_ack() {
  TraceBuilder built = two_hops();
  built.target(3, ReplyKind::Ack, {12.3, 12.2, 12.3});
  return built.verdict(answered(PortState::Filtered, 3));
}

TraceBuilder reset_on_the_way() {
  TraceBuilder built = two_hops();
  built.router(3, "198.51.100.7", {9.8}).forged_reset(4.1);
  built.router(3, "198.51.100.7", {9.7}).forged_reset(4.2);
  built.target(4, ReplyKind::SynAck, {12.3}).forged_reset(4.3);
  built.trace().findings = infer::infer(built.trace());
  return built.verdict(answered(PortState::Rejected, 4));
}

/// As before, but the target itself does not answer.
TraceBuilder reset_on_the_way_to_silence() {
  TraceBuilder built = two_hops();
  built.router(3, "198.51.100.7", {9.8}).forged_reset(4.1);
  const ProbeId decisive = built.last().probe.id;
  built.silent(4).silent(5);
  model::Verdict verdict{.state = PortState::Rejected};
  verdict.decided_by = decisive;
  built.trace().findings = infer::infer(built.trace());
  return built.verdict(verdict, false);
}

TraceBuilder filtered() {
  TraceBuilder built = two_hops();
  built.silent(3).router(4, "198.51.100.7", {9.8, 9.7, 9.9});
  for (int ttl = 5; ttl <= 12; ++ttl) {
    built.silent(ttl);
  }
  return built.verdict({.stop = StopReason::GapLimit}, false);
}

TraceBuilder open_or_filtered() {
  TraceBuilder built = with_flags(filtered(), wire::TcpFlag::Fin);
  built.trace().verdict.state = PortState::OpenOrFiltered;
  return built;
}

TraceBuilder all_silent() {
  TraceBuilder built;
  for (int ttl = 1; ttl <= 8; ++ttl) {
    built.silent(ttl, 1);
  }
  return built.verdict({.stop = StopReason::GapLimit}, false);
}

TraceBuilder rejected() {
  TraceBuilder built = two_hops();
  built.router(3, "198.51.100.7", {9.8, 9.7, 9.9});
  built.unreachable(4, "198.51.100.7", 13, {9.9, 9.8}).silent(4, 1);
  built.unreachable(5, "198.51.100.7", 13, {9.9});
  return built.verdict({.state = PortState::Rejected, .stop = StopReason::Unreachable});
}

TraceBuilder rejected_by_target() {
  TraceBuilder built = two_hops();
  built.unreachable(3, "203.0.113.80", 3, {9.9, 9.8, 10});
  model::Verdict verdict{.state = PortState::Rejected, .reached = true};
  verdict.stop = StopReason::Unreachable;
  return built.verdict(verdict);
}

TraceBuilder unreachable() {
  TraceBuilder built = two_hops();
  built.router(3, "198.51.100.7", {9.8, 9.7, 9.9});
  built.silent(4, 2).unreachable(4, "198.51.100.7", 1, {3011.25});
  return built.verdict({.state = PortState::Unreachable, .stop = StopReason::Unreachable});
}

TraceBuilder too_big() {
  TraceBuilder built = two_hops();
  built.unreachable(3, "198.51.100.7", 4, {9.9, 9.8, 10});
  for (auto& record : built.trace().probes) {
    if (record.reply()->kind == ReplyKind::Unreachable) {
      std::get<model::Answered>(record.state).reply.next_hop_mtu = 1400;
    }
  }
  return built.verdict({.state = PortState::Unreachable, .stop = StopReason::Unreachable});
}

TraceBuilder unreachable_by_this_host() {
  TraceBuilder built;
  built.unreachable(1, "192.0.2.7", 1, {3060.1, 3060, 3059.9});
  return built.verdict({.state = PortState::Unreachable, .stop = StopReason::Unreachable});
}

TraceBuilder routing_loop() {
  TraceBuilder built = two_hops();
  for (int ttl = 3; ttl <= 12; ++ttl) {
    const double rtt = 4.0 + ttl;
    built.router(ttl, ttl % 2 == 1 ? "198.51.100.7" : "198.51.100.9", {rtt, rtt, rtt});
  }
  built.trace().last_ttl = 12;
  built.verdict({.stop = StopReason::MaxTtl}, false);
  built.trace().findings = infer::infer(built.trace());
  return built;
}

TraceBuilder max_ttl() {
  TraceBuilder built = two_hops();
  built.trace().last_ttl = 3;
  built.router(3, "198.51.100.7", {9.8, 9.7, 9.9});
  return built.verdict({.stop = StopReason::MaxTtl}, false);
}

TraceBuilder max_ttl_silent() {
  TraceBuilder built = two_hops();
  built.trace().last_ttl = 4;
  built.silent(3).silent(4).direct(ReplyKind::SynAck, {1});
  built.last().state = model::Lost{};
  --built.trace().counters.received;
  return built.verdict({.stop = StopReason::MaxTtl}, false);
}

/// Only Direct probes were answered beyond hop 2.
TraceBuilder distance_unknown() {
  TraceBuilder built = two_hops();
  built.silent(3).silent(4).direct(ReplyKind::SynAck, {12.2, 12.4});
  return built.verdict({.state = PortState::Open, .reached = true, .stop = StopReason::GapLimit});
}

TraceBuilder mpls() {
  TraceBuilder built = two_hops();
  built.router(3, "198.51.100.7", {9.8, 9.7, 9.9});
  for (std::size_t i = 6; i < 9; ++i) {
    auto& reply = std::get<model::Answered>(built.trace().probes[i].state).reply;
    reply.extensions.mpls = {
        {.label = 24015, .traffic_class = 0, .bottom = false, .ttl = 1},
        {.label = 100304, .traffic_class = 5, .bottom = true, .ttl = 1}};
    reply.extensions.interfaces = {
        {.role = wire::InterfaceInfo::Role::IncomingIp,
         .index = 12,
         .address = support::address("198.51.100.8"),
         .name = "ge-0/0/1",
         .mtu = 9000}};
  }
  built.router(4, "198.51.100.9", {10.1, 10.2, 10.3});
  built.last_reply().extensions.mpls = {
      {.label = 16, .traffic_class = 0, .bottom = true, .ttl = 254}};
  built.target(5, ReplyKind::SynAck, {12.3, 12.2, 12.3});
  return built.verdict(answered(PortState::Open, 5));
}

TraceBuilder late_and_duplicate() {
  TraceBuilder built = two_hops();
  built.router(3, "198.51.100.7", {9.8, 9.7, 280.125}).late();
  built.silent(4, 1).router(4, "198.51.100.9", {10.1}).silent(4, 1);
  built.trace().probes[10].duplicates = 2;
  built.target(5, ReplyKind::SynAck, {12.3});
  built.last().duplicates = 1;
  built.trace().counters.duplicates = 3;
  return built.verdict(answered(PortState::Open, 5));
}

/// Names from the network: terminal controls, text direction, bytes that are not UTF-8, excessive
/// length.
TraceBuilder hostile() {
  TraceBuilder built;
  built.trace().target.name = "shop\x1b]0;owned\x07.example";
  built.trace().target.input = built.trace().target.name;
  built.router(1, "192.0.2.1", {0.4}).named("192.0.2.1", "\x1b[2J\x1b[31mgw\r\n  9  fake");
  built.router(2, "192.0.2.2", {0.5}).named("192.0.2.2", "\xe2\x80\xaemoc.elpmaxe");
  built.router(3, "192.0.2.3", {0.6}).named("192.0.2.3", "caf\xe9\xff.\xc3\xa9xample");
  built.router(4, "192.0.2.4", {0.7}).named("192.0.2.4", std::string(300, 'a'));
  built.router(5, "192.0.2.5", {0.8}).named("192.0.2.5", "quote\"back\\slash</script>");
  built.target(6, ReplyKind::SynAck, {12.3});
  built.verdict(answered(PortState::Open, 6));
  built.trace().findings = {
      {.kind = FindingKind::SilentHop,
       .first_hop = Ttl{2},
       .last_hop = Ttl{14},
       .certainty = Certainty::Possible,
       .sentence = "named \x1b[5mby a stranger",
       .evidence = {}}};
  return built;
}

TraceBuilder ipv6() {
  TraceBuilder built{"2001:db8:80::443"};
  built.router(1, "fe80::1", {0.4, 0.4, 0.5});
  built.router(2, "2001:db8:ffff:1234:5678:9abc:def0:1234", {3.1, 3.2, 3.3});
  built.named("2001:db8:ffff:1234:5678:9abc:def0:1234", "cgn.isp.example");
  built.router(3, "2001:db8:1::1", {3.1}).router(3, "2001:db8:1::2", {3.1}).silent(3, 1);
  built.unreachable(4, "2001:db8:80::443", 1, {12.3, 12.2, 12.1});
  model::Verdict verdict{.state = PortState::Rejected, .reached = true};
  verdict.stop = StopReason::Unreachable;
  return built.verdict(verdict);
}

TraceBuilder link_local() {
  TraceBuilder built{"fe80::1", ""};
  built.trace().target.input = "fe80::1%eth0";
  built.trace().target.zone = "eth0";
  built.trace().target.service.clear();
  built.trace().target.port = Port{8443};
  built.target(1, ReplyKind::Rst, {0.35, 0.36, 0.34});
  return built.verdict(answered(PortState::Closed, 1));
}

TraceBuilder interrupted() {
  TraceBuilder built = two_hops();
  built.waiting(3, 3).router(4, "198.51.100.7", {9.8}).waiting(4, 2).silent(5, 1).waiting(6, 3);
  return built.verdict({.stop = StopReason::Interrupted}, false);
}

TraceBuilder interrupted_reached() {
  TraceBuilder built = two_hops();
  built.direct(ReplyKind::SynAck, {12.2});
  built.verdict({.state = PortState::Open, .reached = true, .stop = StopReason::Interrupted});
  return built.waiting(3, 3);
}

TraceBuilder refused() {
  TraceBuilder built;
  built.refused(1, Refusal::NotPermitted, 3).refused(2, Refusal::NotPermitted, 3);
  return built.verdict({.stop = StopReason::Refused}, false);
}

TraceBuilder own_losses() {
  TraceBuilder built = two_hops();
  built.router(3, "198.51.100.7", {9.8}).refused(3, Refusal::NoBuffers, 2);
  built.refused(4, Refusal::NoBuffers, 3).target(5, ReplyKind::SynAck, {12.3, 12.4, 12.5});
  built.trace().counters.dropped_by_socket = 4;
  return built.verdict(answered(PortState::Open, 5));
}

TraceBuilder rewritten() {
  TraceBuilder built = two_hops();
  built.router(3, "203.0.113.80", {9.8, 9.7, 9.9});
  for (std::size_t i = 6; i < 9; ++i) {
    auto& reply = std::get<model::Answered>(built.trace().probes[i].state).reply;
    reply.grade = {
        .ip_id = model::IdGrade::Swapped,
        .sequence_rewritten = true,
        .source_rewritten = true,
        .destination_rewritten = true,
        .ports_rewritten = true};
  }
  built.target(4, ReplyKind::SynAck, {12.3, 12.2, 12.3});
  return built.verdict(answered(PortState::Open, 4));
}

TraceBuilder replayed() {
  TraceBuilder built = open();
  built.trace().method = model::Method::Replay;
  return built;
}

}  // namespace

std::vector<Case> cases() {
  return {
      {"open", open()},
      {"design_example", design_example()},
      {"closed", closed()},
      {"closed_by_fin", closed_by_fin()},
      {"unfiltered", unfiltered()},
      {"ecn", ecn()},
      {"bare_ack", bare_ack()},
      {"reset_on_the_way", reset_on_the_way()},
      {"reset_on_the_way_to_silence", reset_on_the_way_to_silence()},
      {"filtered", filtered()},
      {"open_or_filtered", open_or_filtered()},
      {"all_silent", all_silent()},
      {"rejected", rejected()},
      {"rejected_by_target", rejected_by_target()},
      {"unreachable", unreachable()},
      {"unreachable_by_this_host", unreachable_by_this_host()},
      {"too_big", too_big()},
      {"routing_loop", routing_loop()},
      {"max_ttl", max_ttl()},
      {"max_ttl_silent", max_ttl_silent()},
      {"distance_unknown", distance_unknown()},
      {"mpls", mpls()},
      {"late_and_duplicate", late_and_duplicate()},
      {"hostile", hostile()},
      {"ipv6", ipv6()},
      {"link_local", link_local()},
      {"interrupted", interrupted()},
      {"interrupted_reached", interrupted_reached()},
      {"refused", refused()},
      {"own_losses", own_losses()},
      {"rewritten", rewritten()},
      {"replayed", replayed()}};
}

}  // namespace synroute::golden
