// SPDX-License-Identifier: Apache-2.0
// Two answers to one probe that contradict each other, in both orders of arrival.
#include "strategy/path/path_for_tests.hpp"
#include "strategy/path/trace_path.hpp"

#include <gtest/gtest.h>

namespace synroute::strategy {
namespace {

const IpAddress kForger = IpAddress::v4(0xc6120042);

using MakeForgery = std::function<std::optional<wire::Datagram>(const wire::Datagram&)>;

/// What a forger on the path makes of a probe comes this much before or after the genuine answer.
Outcome run_with_forger(Path& path, const MakeForgery& forge, Duration advance) {
  engine::Settings settings;
  settings.head.source.address = kSource;
  settings.head.target.address = kTarget;
  settings.head.target.port = Port{443};
  settings.head.queries = 3;
  for (std::uint16_t i = 0; i < 11; ++i) {
    settings.source_ports.emplace_back(static_cast<std::uint16_t>(40000 + i));
  }
  settings.shape = engine::system_syn(Family::V4);
  settings.seed = 3;
  engine::Engine engine{std::move(settings), trace_path({}, 10)};
  Outcome outcome;
  const auto network = [&](const wire::Datagram& probe, Instant sent) {
    support::Answers all = path.answers(probe, sent);
    if (auto forged = forge(probe)) {
      const Duration genuine = path.per_hop * std::min<int>(probe.ip.ttl.value(), path.distance);
      all.emplace_back(std::max(genuine - advance, Duration{1}), std::move(*forged));
    }
    return all;
  };
  support::run_engine(engine, network, [&outcome](const model::Event& event) {
    if (const auto* hop = std::get_if<model::HopSettled>(&event.what)) {
      for (const model::ProbeRecord& record : hop->probes) {
        EXPECT_FALSE(record.reply() != nullptr && record.reply()->from == kForger);
      }
      outcome.announced.push_back(hop->ttl.value());
    } else if (const auto* finished = std::get_if<model::TraceFinished>(&event.what)) {
      outcome.trace = finished->trace;
    }
  });
  return outcome;
}

constexpr std::array<Duration, 2> kBeforeAndAfter{milliseconds{3}, milliseconds{-3}};

/// The probes that kept an answer of the forger's, which is no reply.
int count_rivals(const model::Trace& trace, bool disproved) {
  int count = 0;
  for (const model::ProbeRecord& record : trace.probes) {
    for (const model::Rival& rival : record.rivals) {
      EXPECT_EQ(rival.reply.from, kForger);
      count += rival.is_disproved == disproved ? 1 : 0;
    }
  }
  return count;
}

TEST(TracePathConflicts, ShowsTheRouterRatherThanWhoeverQuotesAnotherId) {
  for (const Duration advance : kBeforeAndAfter) {
    Path path;
    const Outcome outcome = run_with_forger(
        path,
        [](const wire::Datagram& probe) -> std::optional<wire::Datagram> {
          if (probe.ip.ttl.value() != 5) {
            return std::nullopt;
          }
          wire::Datagram forged = icmp_error(kForger, 11, 0, probe);
          wire::IcmpMessage message = *forged.icmp();
          message.quote->ip->id = static_cast<std::uint16_t>(message.quote->ip->id + 9);
          forged.body = message;
          return forged;
        },
        advance);
    EXPECT_EQ(shape(outcome.trace, 5), "time_exceeded time_exceeded time_exceeded ");
    EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open);
    EXPECT_EQ(count_rivals(outcome.trace, true), 3);
  }
}

TEST(TracePathConflicts, AForgedUnreachableBesideATimeExceededDoesNotEndThePath) {
  for (const Duration advance : kBeforeAndAfter) {
    Path path;
    const Outcome outcome = run_with_forger(
        path,
        [](const wire::Datagram& probe) {
          return probe.ip.ttl.value() < 8 ? std::optional{icmp_error(kForger, 3, 13, probe)}
                                          : std::nullopt;
        },
        advance);
    EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open);
    EXPECT_EQ(outcome.trace.verdict.distance, ttl_of(12));
    EXPECT_EQ(shape(outcome.trace, 3), "time_exceeded time_exceeded time_exceeded ");
    EXPECT_GE(count_rivals(outcome.trace, false), 21);
  }
}

TEST(TracePathConflicts, AnUnreachableFromBeforeRoutersThatReportIsNoEnd) {
  Path path;
  path.port = Path::Port::Dropped;
  path.lost[4] = {1};  // the forger answers for the lost probe
  bool done = false;
  const Outcome outcome = run_with_forger(
      path,
      [&done](const wire::Datagram& probe) -> std::optional<wire::Datagram> {
        if (probe.ip.ttl.value() != 4 || std::exchange(done, true)) {
          return std::nullopt;
        }
        return icmp_error(router(4), 3, 13, probe);
      },
      milliseconds{1});
  EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Filtered);
  EXPECT_EQ(shape(outcome.trace, 11), "time_exceeded time_exceeded time_exceeded ");
}

TEST(TracePathConflicts, ASynAckBesideAnUnreachableOpensThePort) {
  for (const Duration advance : kBeforeAndAfter) {
    Path path;
    std::set<std::pair<int, synroute::Port>>
        forged;  // else it is the only one to answer the later ones
    const Outcome outcome = run_with_forger(
        path,
        [&forged](const wire::Datagram& probe) {
          const int ttl = probe.ip.ttl.value();
          const bool is_first = forged.emplace(ttl, probe.tcp()->header.source_port).second;
          return ttl >= 12 && is_first ? std::optional{icmp_error(kForger, 3, 1, probe)}
                                       : std::nullopt;
        },
        advance);
    EXPECT_EQ(outcome.trace.verdict.state, model::PortState::Open);
    EXPECT_EQ(outcome.trace.verdict.distance, ttl_of(12));
  }
}

}  // namespace
}  // namespace synroute::strategy
