// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seam/transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace synroute::test {

/// Where a probe is meant to end.
enum class Goal : std::uint8_t {
  Open,    ///< at a port that accepts
  Closed,  ///< at a port that resets
  Silent,  ///< at a port behind which everything is dropped
  Router,  ///< at a router before the target, where its TTL expires
};

/// What every seam::Transport must do, run on a small network that a Rig has built:
///
///   struct Rig {
///     void set_up();                                // may GTEST_SKIP
///     seam::Transport& transport();
///     wire::Datagram probe(Goal goal, int number);  // a SYN; number: which of several at once
///     std::optional<wire::Datagram> refused();      // a SYN this host refuses to send, if any
///     Instant now();
///     void wait(Duration at_most);                  // until something may have come
///   };
///
/// INSTANTIATE_TYPED_TEST_SUITE_P(Raw, TransportConformance, RawRig);
template <class Rig>
class TransportConformance : public testing::Test {
 protected:
  // Much longer than anything the small network needs; only a failure takes that long.
  static constexpr Duration kPatience = std::chrono::seconds{2};
  // How long nothing must come before it is called silence.
  static constexpr Duration kSilence = std::chrono::milliseconds{100};

  void SetUp() override { rig_.set_up(); }

  void send(const std::vector<seam::Outgoing>& batch) { rig_.transport().send(batch); }
  void send(seam::Token token, Goal goal) { send({{token, rig_.probe(goal, 0)}}); }

  /// Everything that comes until `enough` answers are here, or patience ends.
  std::vector<seam::Incoming> gather(std::size_t enough, Duration patience = kPatience) {
    std::vector<seam::Incoming> all;
    const Instant end = rig_.now() + patience;
    while (true) {
      rig_.transport().receive(all);
      const Instant now = rig_.now();
      if (count<seam::Received>(all) >= enough || now >= end) {
        return all;
      }
      rig_.wait(end - now);
    }
  }
  /// Everything that comes in a while.
  std::vector<seam::Incoming> linger() { return gather(SIZE_MAX, kSilence); }

  template <class Kind>
  static std::size_t count(const std::vector<seam::Incoming>& all) {
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [](const seam::Incoming& one) { return std::holds_alternative<Kind>(one); }));
  }

  /// The one answer; a failure when there is none.
  static const seam::Received& only_answer(const std::vector<seam::Incoming>& all) {
    static const seam::Received none;
    EXPECT_EQ(count<seam::Received>(all), 1U);
    const auto found = std::ranges::find_if(
        all, [](const auto& one) { return std::holds_alternative<seam::Received>(one); });
    return found != all.end() ? std::get<seam::Received>(*found) : none;
  }

  static std::vector<Instant> times_sent(
      const std::vector<seam::Incoming>& all, seam::Token token) {
    std::vector<Instant> result;
    for (const seam::Incoming& one : all) {
      const auto* sent = std::get_if<seam::Sent>(&one);
      if (sent != nullptr && sent->token == token) {
        result.push_back(sent->at);
      }
    }
    return result;
  }

  /// Our own sequence numbers are on the wire.
  bool shows_sequence() { return rig_.transport().traits().method != model::Method::Connect; }

  /// The probe of the batch that this answers: told by the transport, else by its sequence number.
  static std::optional<seam::Token> answered(
      const seam::Received& received, const std::vector<seam::Outgoing>& batch) {
    if (received.about) {
      return received.about;
    }
    const auto* tcp = received.datagram.tcp();
    const auto* icmp = received.datagram.icmp();
    const std::uint32_t sequence =
        tcp != nullptr ? tcp->header.acknowledgement - 1 : icmp->quote->tcp->sequence;
    for (const seam::Outgoing& outgoing : batch) {
      if (outgoing.datagram.tcp()->header.sequence == sequence) {
        return outgoing.token;
      }
    }
    return std::nullopt;
  }

  Rig rig_;
};

TYPED_TEST_SUITE_P(TransportConformance);

TYPED_TEST_P(TransportConformance, IsQuietWhenNothingWasSent) {
  EXPECT_TRUE(this->linger().empty());
  EXPECT_EQ(this->rig_.transport().counters(), model::Counters{});
}

TYPED_TEST_P(TransportConformance, TellsThatAProbeLeftBeforeItTellsTheAnswer) {
  this->send(7, Goal::Open);
  const auto all = this->gather(1);
  ASSERT_FALSE(all.empty());
  const auto* first = std::get_if<seam::Sent>(&all.front());
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->token, 7U);
  EXPECT_EQ(this->template count<seam::NotSent>(all), 0U);
}

TYPED_TEST_P(TransportConformance, HearsAnOpenPortOnce) {
  this->send(1, Goal::Open);
  EXPECT_EQ(this->template count<seam::Received>(this->gather(1)), 1U);
  EXPECT_EQ(this->template count<seam::Received>(this->linger()), 0U) << "heard it again";
}

TYPED_TEST_P(TransportConformance, GivesASynAckAsAValue) {
  const wire::Datagram probe = this->rig_.probe(Goal::Open, 0);
  this->send({{1, probe}});
  const auto all = this->gather(1);
  const seam::Received& answer = this->only_answer(all);
  const auto* tcp = answer.datagram.tcp();
  ASSERT_NE(tcp, nullptr);
  EXPECT_EQ(tcp->header.flags, wire::TcpFlag::Syn | wire::TcpFlag::Ack);
  EXPECT_EQ(answer.datagram.ip.source, probe.ip.destination);
  EXPECT_EQ(tcp->header.source_port, probe.tcp()->header.destination_port);
  if (this->shows_sequence()) {
    EXPECT_EQ(tcp->header.acknowledgement, probe.tcp()->header.sequence + 1);
  }
}

TYPED_TEST_P(TransportConformance, GivesTheResetOfAClosedPort) {
  const wire::Datagram probe = this->rig_.probe(Goal::Closed, 0);
  this->send({{1, probe}});
  const auto all = this->gather(1);
  const seam::Received& answer = this->only_answer(all);
  const auto* tcp = answer.datagram.tcp();
  ASSERT_NE(tcp, nullptr);
  EXPECT_TRUE(tcp->header.flags.has(wire::TcpFlag::Rst));
  EXPECT_EQ(answer.datagram.ip.source, probe.ip.destination);
  if (this->shows_sequence()) {
    EXPECT_EQ(tcp->header.acknowledgement, probe.tcp()->header.sequence + 1);
  }
}

TYPED_TEST_P(TransportConformance, GivesTheQuoteOfARouter) {
  const wire::Datagram probe = this->rig_.probe(Goal::Router, 0);
  this->send({{1, probe}});
  const auto all = this->gather(1);
  const seam::Received& answer = this->only_answer(all);
  const auto* icmp = answer.datagram.icmp();
  ASSERT_NE(icmp, nullptr);
  EXPECT_EQ(wire::kind(answer.datagram.ip.family(), icmp->type), wire::IcmpKind::TimeExceeded);
  EXPECT_NE(answer.datagram.ip.source, probe.ip.destination);
  ASSERT_TRUE(icmp->quote && icmp->quote->tcp);
  EXPECT_EQ(icmp->quote->destination, probe.ip.destination);
  EXPECT_EQ(icmp->quote->tcp->destination_port, probe.tcp()->header.destination_port);
  EXPECT_EQ(icmp->quote->ip.has_value(), this->shows_sequence());
  if (this->shows_sequence()) {
    EXPECT_EQ(icmp->quote->tcp->sequence, probe.tcp()->header.sequence);
  }
}

TYPED_TEST_P(TransportConformance, SaysNothingForASilentPort) {
  this->send(3, Goal::Silent);
  const auto all = this->linger();
  EXPECT_EQ(this->template count<seam::Received>(all), 0U);
  EXPECT_EQ(this->template count<seam::NotSent>(all), 0U);
  EXPECT_FALSE(this->times_sent(all, 3).empty());
}

TYPED_TEST_P(TransportConformance, StampsAnswersBetweenSendingAndReading) {
  const Instant before = this->rig_.now();
  this->send(5, Goal::Router);
  const auto all = this->gather(1);
  const Instant after = this->rig_.now();
  const auto sent = this->times_sent(all, 5);
  ASSERT_FALSE(sent.empty());
  EXPECT_GE(sent.front(), before);
  EXPECT_GE(this->only_answer(all).received, sent.back());
  EXPECT_LE(this->only_answer(all).received, after);
}

TYPED_TEST_P(TransportConformance, TellsProbesInFlightApart) {
  const std::vector<Goal> goals{Goal::Router, Goal::Open, Goal::Closed, Goal::Router};
  std::vector<seam::Outgoing> batch;
  for (std::size_t i = 0; i < goals.size(); ++i) {
    batch.push_back({100 + i, this->rig_.probe(goals[i], static_cast<int>(i))});
  }
  this->send(batch);
  const auto all = this->gather(goals.size());
  ASSERT_EQ(this->template count<seam::Received>(all), goals.size());
  std::map<seam::Token, const seam::Received*> answers;
  for (const seam::Incoming& one : all) {
    if (const auto* received = std::get_if<seam::Received>(&one)) {
      const auto token = this->answered(*received, batch);
      ASSERT_TRUE(token);
      answers[*token] = received;
    }
  }
  ASSERT_EQ(answers.size(), goals.size());
  EXPECT_NE(answers[100]->datagram.icmp(), nullptr);
  EXPECT_TRUE(answers[101]->datagram.tcp()->header.flags.has(wire::TcpFlag::Syn));
  EXPECT_TRUE(answers[102]->datagram.tcp()->header.flags.has(wire::TcpFlag::Rst));
  EXPECT_NE(answers[103]->datagram.icmp(), nullptr);
}

TYPED_TEST_P(TransportConformance, ReportsARefusedProbeOnceAndNeverAsSent) {
  const auto probe = this->rig_.refused();
  if (!probe) {
    GTEST_SKIP() << "nothing is refused here";
  }
  this->send({{9, *probe}});
  const auto all = this->linger();
  EXPECT_EQ(this->template count<seam::NotSent>(all), 1U);
  EXPECT_TRUE(this->times_sent(all, 9).empty());
  this->send(10, Goal::Open);
  EXPECT_EQ(this->template count<seam::Received>(this->gather(1)), 1U) << "still works";
}

REGISTER_TYPED_TEST_SUITE_P(
    TransportConformance,
    IsQuietWhenNothingWasSent,
    TellsThatAProbeLeftBeforeItTellsTheAnswer,
    HearsAnOpenPortOnce,
    GivesASynAckAsAValue,
    GivesTheResetOfAClosedPort,
    GivesTheQuoteOfARouter,
    SaysNothingForASilentPort,
    StampsAnswersBetweenSendingAndReading,
    TellsProbesInFlightApart,
    ReportsARefusedProbeOnceAndNeverAsSent);

}  // namespace synroute::test
