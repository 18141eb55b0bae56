// SPDX-License-Identifier: Apache-2.0
#include "drive/session_for_tests.hpp"
#include "drive/start_pacer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace synroute::drive {
namespace {

TEST(ManyLanes, AreTakenFromTheSourceWhenThereIsRoom) {
  SessionBench bench;
  bench.from_source = true;
  bench.options.concurrent_max = 2;
  bench.transport.replies["a0"] = syn_ack_after(20);
  for (const char* name : {"a", "b", "c", "d"}) {
    bench.add({.name = name});
  }
  const Outcome outcome = bench.run();
  EXPECT_EQ(outcome.traces.size(), 4U);
  EXPECT_LT(bench.find("answered a0"), bench.find("take c")) << "a finished trace makes room";
  EXPECT_LT(bench.find("lost b0"), bench.find("take d"));
  EXPECT_EQ(std::ranges::count(bench.journal, "take d"), 1);
  EXPECT_EQ(outcome.traces[2].probes[0].probe.sent, at(20)) << "not a wait later";
}

TEST(ManyLanes, AreWrittenAsTheyEndUnlessInOrder) {
  for (const bool in_order : {true, false}) {
    SessionBench bench;
    bench.from_source = true;
    bench.options.in_order = in_order;
    bench.transport.replies["a0"] = syn_ack_after(50);
    bench.transport.replies["b0"] = syn_ack_after(20);
    bench.add({.name = "a"});
    bench.add({.name = "b"});
    bench.run();
    EXPECT_EQ(
        bench.printed,
        in_order ? "a started;a finished;b started;b finished;"
                 : "b started;b finished;a started;a finished;");
  }
}

TEST(ManyLanes, AreGivenAwayAsTheyEnd) {
  SessionBench bench;
  bench.transport.replies["a0"] = syn_ack_after(50);
  bench.transport.replies["b0"] = syn_ack_after(20);
  std::vector<int> ports;
  bench.options.finished = [&ports](const model::Trace& trace) {
    ports.push_back(trace.target.port.value());
  };
  bench.add({.name = "a"});
  bench.add({.name = "b"}, milliseconds{5});
  const Outcome outcome = bench.run();
  EXPECT_EQ(ports, (std::vector{1, 0}));
  EXPECT_TRUE(outcome.traces.empty());
}

TEST(ManyLanes, OfOneEndpointAndSourcePortRunOneAfterTheOther) {
  SessionBench bench;
  bench.transport.replies["a0"] = syn_ack_after(20);
  bench.transport.replies["b0"] = syn_ack_after(20);
  for (const char* name : {"a", "a", "b"}) {
    bench.add({.name = name});
  }
  const Outcome outcome = bench.run();
  ASSERT_EQ(outcome.traces.size(), 3U);
  EXPECT_EQ(outcome.traces[0].probes[0].probe.sent, at(0));
  EXPECT_EQ(outcome.traces[1].probes[0].probe.sent, at(20)) << "answers could not be told apart";
  EXPECT_EQ(outcome.traces[2].probes[0].probe.sent, at(0)) << "passes the one that waits";
  EXPECT_EQ(outcome.traces[2].target.port, Port{1}) << "but its text does not";
}

TEST(ManyLanes, TellHowFarTheyAre) {
  SessionBench bench;
  bench.options.concurrent_max = 1;
  std::vector<Progress> told;
  bench.options.progress = [&told](const Progress& progress) { told.push_back(progress); };
  for (int i = 0; i < 12; ++i) {
    bench.add({.name = std::string(1, static_cast<char>('a' + i))});  // each takes 100 ms
  }
  bench.run();
  ASSERT_EQ(told.size(), 2U) << "at 0.5 and 1 s";
  EXPECT_EQ(told[0].done, 5U);
  EXPECT_EQ(told[0].active, 0U) << "the next begins in the turn that follows";
  EXPECT_EQ(told[1].done, 10U);
  EXPECT_EQ(told[1].sent, 10U);
}

TEST(StartPacer, LetsFourHundredProbesGoAndThenKeepsToTheRate) {
  StartPacer pacer{{.all = 1000, .network = 0}};
  const IpAddress target = IpAddress::v4(0xc6336401);
  for (int i = 0; i < 400; ++i) {
    EXPECT_LE(pacer.ready_at(target), at(0));
    pacer.take(target, at(0));
  }
  for (int i = 0; i < 60; ++i) {
    pacer.take(target, at(0));
  }
  EXPECT_EQ(pacer.ready_at(target), at(60));
}

TEST(StartPacer, CountsNetworksApartAndThisHostNotAtAll) {
  StartPacer pacer{{.all = 0, .network = 50}};
  const auto v4 = [](std::uint32_t address) { return IpAddress::v4(address); };
  for (int i = 0; i < 500; ++i) {
    pacer.take(v4(0xc6336401), at(0));
    pacer.take(*IpAddress::parse("2001:db8:1:2::1"), at(0));
    pacer.take(v4(0x7f000001), at(0));
  }
  EXPECT_EQ(pacer.ready_at(v4(0xc63364ff)), at(2000)) << "100 probes above the first 400";
  EXPECT_LE(pacer.ready_at(v4(0xc6336501)), at(0));
  EXPECT_EQ(pacer.ready_at(*IpAddress::parse("2001:db8:1:ffff::1")), at(2000));
  EXPECT_LE(pacer.ready_at(*IpAddress::parse("2001:db8:2::1")), at(0));
  EXPECT_LE(pacer.ready_at(v4(0x7f000002)), at(0));
}

TEST(StartPacer, WithoutRatesHoldsNothingBack) {
  StartPacer pacer{{}};
  for (int i = 0; i < 100'000; ++i) {
    pacer.take(IpAddress::v4(0xc6336401), at(1));
  }
  EXPECT_LE(pacer.ready_at(IpAddress::v4(0xc6336401)), at(1));
}

}  // namespace
}  // namespace synroute::drive
