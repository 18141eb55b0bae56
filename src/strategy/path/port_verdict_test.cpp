// SPDX-License-Identifier: Apache-2.0
#include "strategy/path/port_verdict.hpp"

#include "strategy/path/path_for_tests.hpp"

#include <gtest/gtest.h>

namespace synroute::strategy {
namespace {

using model::PortState;
using wire::TcpFlag;
using wire::TcpFlags;

/// The verdict of a trace whose probes have these flags.
model::Verdict traced(Path::Port port, TcpFlags flags) {
  Path path;
  path.port = port;
  return run(path, {}, {}, flags).trace.verdict;
}

TEST(PortVerdict, TakesAResetToAnAckForUnfilteredAndSilenceForFiltered) {
  for (const TcpFlags flags : {TcpFlags{TcpFlag::Ack}, TcpFlag::Syn | TcpFlag::Ack}) {
    const model::Verdict verdict = traced(Path::Port::Closed, flags);
    EXPECT_EQ(verdict.state, PortState::Unfiltered) << flags.bits();
    EXPECT_TRUE(verdict.reached);
    EXPECT_EQ(verdict.distance, Ttl{12});
    EXPECT_EQ(verdict.stop, model::StopReason::TargetAnswered);
    EXPECT_EQ(traced(Path::Port::Dropped, flags).state, PortState::Filtered) << flags.bits();
  }
}

TEST(PortVerdict, TakesAResetToFinOrNoFlagsForClosedAndSilenceForOpenOrFiltered) {
  const TcpFlags xmas = TcpFlag::Fin | TcpFlag::Psh | TcpFlags{TcpFlag::Urg};
  for (const TcpFlags flags : {TcpFlags{TcpFlag::Fin}, TcpFlags{}, xmas}) {
    EXPECT_EQ(traced(Path::Port::Closed, flags).state, PortState::Closed) << flags.bits();
    const model::Verdict silent = traced(Path::Port::Dropped, flags);
    EXPECT_EQ(silent.state, PortState::OpenOrFiltered) << flags.bits();
    EXPECT_FALSE(silent.reached);
    EXPECT_FALSE(silent.decided_by);
  }
}

TEST(PortVerdict, KeepsTheMeaningsOfASyn) {
  EXPECT_EQ(traced(Path::Port::Open, TcpFlag::Syn).state, PortState::Open);
  EXPECT_EQ(traced(Path::Port::Closed, TcpFlag::Syn).state, PortState::Closed);
  EXPECT_EQ(traced(Path::Port::Dropped, TcpFlag::Syn).state, PortState::Filtered);
}

}  // namespace
}  // namespace synroute::strategy
