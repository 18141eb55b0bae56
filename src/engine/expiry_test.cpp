// SPDX-License-Identifier: Apache-2.0
#include "engine/expiry.hpp"

#include <gtest/gtest.h>

#include <map>

namespace synroute::engine {
namespace {

using std::chrono::milliseconds;

Instant at(int millis) {
  return Instant{milliseconds{millis}};
}

/// Patience by TTL, 100 ms where none is given.
class Patience final : public Strategy {
 public:
  std::map<int, int> by_ttl;
  bool uniform = false;

  Move next(Instant /*now*/, bool /*may_send*/, const Ledger& /*ledger*/) override { return {}; }
  void settled(const model::ProbeRecord& /*record*/, const Ledger& /*ledger*/) override {}
  Duration patience(const model::ProbeRecord& record, const Ledger& /*ledger*/) const override {
    const auto found = by_ttl.find(record.probe.ttl.value());
    return milliseconds{found != by_ttl.end() ? found->second : 100};
  }
  bool has_uniform_patience() const override { return uniform; }
  model::Verdict verdict_so_far(const Ledger& /*ledger*/) const override { return {}; }
};

/// Probes with TTL 1, 2, …, sent 10 ms apart from 0 on.
class ExpiryTest : public testing::Test {
 protected:
  void add(int count) {
    for (int i = 0; i < count; ++i) {
      const ProbeId id = ledger_.next_id();
      ledger_.add({.id = id, .ttl = Ttl{static_cast<std::uint8_t>(id.value() + 1)}});
      ledger_.note_sent(id, at(static_cast<int>(id.value()) * 10));
      expiry_.watch(id);
    }
  }

  Ledger ledger_;
  Patience strategy_;
  Expiry expiry_{ledger_, strategy_};
};

TEST_F(ExpiryTest, WaitsForTheNextHopWhileNothingHasLeft) {
  add(1);
  expiry_.set_awaits_departure(true);
  EXPECT_TRUE(expiry_.find_expired(at(1299)).empty());
  EXPECT_EQ(expiry_.deadline(), at(1300));
  expiry_.set_awaits_departure(false);
  EXPECT_EQ(expiry_.find_expired(at(100)).size(), 1U);
}

TEST_F(ExpiryTest, FindsEachProbeWhenItsOwnTimeIsUp) {
  strategy_.by_ttl = {{1, 200}, {2, 50}};
  add(3);
  EXPECT_EQ(expiry_.deadline(), at(60));
  EXPECT_TRUE(expiry_.find_expired(at(59)).empty());
  EXPECT_EQ(expiry_.find_expired(at(60)), std::vector{ProbeId{1}});
  EXPECT_EQ(expiry_.find_expired(at(200)), (std::vector{ProbeId{0}, ProbeId{1}, ProbeId{2}}));
}

TEST_F(ExpiryTest, DoesNotExpireAProbeThatHasNotLeft) {
  const ProbeId id = ledger_.next_id();
  ledger_.add({.id = id});
  expiry_.watch(id);
  EXPECT_EQ(expiry_.deadline(), std::nullopt);
  EXPECT_TRUE(expiry_.find_expired(at(1'000'000)).empty());
}

TEST_F(ExpiryTest, ForgetsSettledProbes) {
  for (const bool uniform : {false, true}) {
    strategy_.uniform = uniform;
    add(3);
    for (const model::ProbeRecord& record : ledger_.records()) {
      if (record.is_waiting()) {
        ledger_.lose(record.probe.id);
      }
    }
    EXPECT_TRUE(expiry_.find_expired(at(1000)).empty());
    EXPECT_EQ(expiry_.deadline(), std::nullopt);
  }
}

TEST_F(ExpiryTest, TakesTheOldestFirstWhenPatienceIsUniform) {
  strategy_.uniform = true;
  add(3);
  ledger_.lose(ProbeId{0});
  EXPECT_EQ(expiry_.deadline(), at(110));
  EXPECT_EQ(expiry_.find_expired(at(110)), std::vector{ProbeId{1}});
}

TEST_F(ExpiryTest, WatchesAReopenedProbeOnce) {
  add(1);
  ledger_.answer(ProbeId{0}, {.kind = model::ReplyKind::Rst});
  ledger_.reopen(ProbeId{0});
  expiry_.watch_again(ProbeId{0});
  EXPECT_EQ(expiry_.find_expired(at(100)), std::vector{ProbeId{0}});
}

TEST_F(ExpiryTest, WatchesAgainAProbeItHadForgotten) {
  add(1);
  ledger_.answer(ProbeId{0}, {.kind = model::ReplyKind::Rst});
  EXPECT_TRUE(expiry_.find_expired(at(20)).empty());
  ledger_.reopen(ProbeId{0});
  EXPECT_EQ(expiry_.deadline(), std::nullopt);
  expiry_.watch_again(ProbeId{0});
  EXPECT_EQ(expiry_.deadline(), at(100));
}

}  // namespace
}  // namespace synroute::engine
