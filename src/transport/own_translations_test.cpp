// SPDX-License-Identifier: Apache-2.0
#include "transport/own_translations.hpp"

#include <gtest/gtest.h>

namespace synroute::transport {
namespace {

const IpAddress kHost = *IpAddress::parse("198.18.1.1");
const IpAddress kOuter = *IpAddress::parse("198.18.1.7");
const IpAddress kService = *IpAddress::parse("203.0.113.10");
const IpAddress kBackend = *IpAddress::parse("203.0.113.80");
const IpAddress kRouter = *IpAddress::parse("198.18.1.2");

const model::ConnectionTuple kSent{kHost, Port{40000}, kService, Port{443}};
const model::ConnectionTuple kLeft{kOuter, Port{20001}, kBackend, Port{8080}};
constexpr std::uint32_t kSequence = 1000;

OwnTranslations translations() {
  OwnTranslations result;
  result.learn(kSequence, kSent, kLeft);
  return result;
}

wire::Datagram syn_ack(const model::ConnectionTuple& probe) {
  wire::Datagram answer;
  answer.ip.source = probe.destination;
  answer.ip.destination = probe.source;
  wire::TcpSegment segment;
  segment.header.source_port = probe.destination_port;
  segment.header.destination_port = probe.source_port;
  segment.header.acknowledgement = kSequence + 1;
  segment.header.flags = wire::TcpFlags{wire::TcpFlag::Syn} | wire::TcpFlag::Ack;
  answer.body = segment;
  return answer;
}

wire::Datagram time_exceeded(const model::ConnectionTuple& quoted, std::uint32_t sequence) {
  wire::Datagram answer;
  answer.ip.source = kRouter;
  answer.ip.destination = quoted.source;
  wire::IcmpMessage message;
  message.quote = wire::Quote{.source = quoted.source, .destination = quoted.destination};
  message.quote->tcp = wire::QuotedTcp{
      .source_port = quoted.source_port,
      .destination_port = quoted.destination_port,
      .sequence = sequence};
  answer.body = message;
  return answer;
}

TEST(OwnTranslations, PutTheProbeAsSentIntoAnAnswerOfTheTarget) {
  wire::Datagram answer = syn_ack(kLeft);
  EXPECT_TRUE(translations().undo(answer));
  EXPECT_EQ(answer, syn_ack(kSent));
}

TEST(OwnTranslations, PutTheProbeAsSentIntoAQuoteAndLeaveTheRoutersAddress) {
  wire::Datagram answer = time_exceeded(kLeft, kSequence);
  EXPECT_TRUE(translations().undo(answer));
  EXPECT_EQ(answer, time_exceeded(kSent, kSequence));
  EXPECT_EQ(answer.ip.source, kRouter);
}

TEST(OwnTranslations, LeaveWhatANatFurtherOnHasChangedAgain) {
  model::ConnectionTuple seen = kLeft;
  seen.source = *IpAddress::parse("192.0.2.99");
  wire::Datagram answer = time_exceeded(seen, kSequence);
  EXPECT_TRUE(translations().undo(answer));
  const wire::Quote& quote = *answer.icmp()->quote;
  EXPECT_EQ(quote.source, seen.source);
  EXPECT_EQ(quote.destination, kSent.destination);
  EXPECT_EQ(quote.tcp->source_port, kSent.source_port);
  EXPECT_EQ(quote.tcp->destination_port, kSent.destination_port);
}

TEST(OwnTranslations, RecogniseAQuoteByItsTupleWhereTheSequenceWasRewritten) {
  wire::Datagram answer = time_exceeded(kLeft, kSequence + 77);
  EXPECT_TRUE(translations().undo(answer));
  EXPECT_EQ(answer, time_exceeded(kSent, kSequence + 77));
}

TEST(OwnTranslations, LeaveAnswersToOtherPacketsAlone) {
  for (const wire::Datagram& foreign :
       {syn_ack(kSent),
        time_exceeded(kSent, kSequence + 1),
        syn_ack({kOuter, Port{20002}, kBackend, Port{8080}})}) {
    wire::Datagram answer = foreign;
    EXPECT_FALSE(translations().undo(answer));
    EXPECT_EQ(answer, foreign);
  }
}

TEST(OwnTranslations, AreKeptPerProbe) {
  OwnTranslations kept = translations();
  model::ConnectionTuple again = kLeft;
  again.source_port = Port{20002};  // masquerade fully-random: another port for the next SYN
  kept.learn(kSequence - 16, kSent, again);
  for (const auto& left : {kLeft, again}) {
    wire::Datagram answer = syn_ack(left);
    EXPECT_TRUE(kept.undo(answer));
    EXPECT_EQ(answer, syn_ack(kSent));
  }
}

TEST(OwnTranslations, AProbeThatLeftAsItWasIsNone) {
  OwnTranslations none;
  none.learn(kSequence, kSent, kSent);
  EXPECT_FALSE(none.any());
}

}  // namespace
}  // namespace synroute::transport
