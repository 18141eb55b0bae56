// SPDX-License-Identifier: Apache-2.0
#include "engine/weak_evidence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace synroute::engine {
namespace {

constexpr std::size_t kPorts = 16;
/// Ports an operating system draws from; a blind forger has to flood all of them.
constexpr double kPortRange = 28'232;

std::vector<Port> held_ports() {
  std::vector<Port> ports;
  for (std::uint16_t i = 0; i < kPorts; ++i) {
    ports.emplace_back(static_cast<std::uint16_t>(33000 + 613 * i));
  }
  return ports;
}

struct Arrival {
  Instant at;
  Port port;
  friend auto operator<=>(const Arrival&, const Arrival&) = default;
};

/// A network in which one WeakEvidence runs to its end, in virtual time.
struct Network {
  double flood_rate = 0;   ///< packets per second over all ports
  double dense_share = 1;  ///< of the ports, which get all of the flood
  bool in_pulses = false;  ///< one second of flood, one second of quiet
  std::optional<Duration> round_trip =
      std::nullopt;  ///< of a target that answers; none: it is silent
  Duration jitter = {};
  double loss = 0;

  struct Result {
    WeakEvidence::Verdict verdict = WeakEvidence::Verdict::Open;
    int asked = 0;
  };

  [[nodiscard]] Result run(std::uint64_t seed) const {
    Random random{seed};
    const auto ports = held_ports();
    WeakEvidence evidence{ports, Instant{}, random.next()};
    std::vector<Arrival> arrivals = flood(random, ports);
    Result result;
    std::size_t next = 0;
    for (Instant now; result.verdict == WeakEvidence::Verdict::Open;) {
      for (; next < arrivals.size() && arrivals[next].at <= now; ++next) {
        evidence.heard(arrivals[next].port, arrivals[next].at);
      }
      if (const auto port = evidence.ask(now)) {
        ++result.asked;
        if (round_trip && !random.chance(loss)) {
          const auto extra = Duration{static_cast<Duration::rep>(
              -std::log(1 - random.unit()) * static_cast<double>(jitter.count()))};
          const Arrival answer{now + *round_trip + extra, *port};
          arrivals.insert(
              std::ranges::lower_bound(
                  arrivals.begin() + static_cast<std::ptrdiff_t>(next), arrivals.end(), answer),
              answer);
        }
      }
      result.verdict = evidence.verdict(now);
      std::optional<Instant> wake = evidence.deadline();
      if (next < arrivals.size()) {
        wake = std::min(wake.value_or(arrivals[next].at), arrivals[next].at);
      }
      if (!wake) {
        break;
      }
      now = std::max(now, *wake);
    }
    return result;
  }

 private:
  [[nodiscard]] std::vector<Arrival> flood(Random& random, const std::vector<Port>& ports) const {
    std::vector<Arrival> arrivals;
    for (const Port port : ports) {
      const bool is_dense = random.chance(dense_share);
      const double rate = is_dense ? flood_rate / dense_share / kPortRange : 0;
      double at = 0;
      while (rate > 0 && at < 6) {
        at += -std::log(1 - random.unit()) / rate;
        if (!in_pulses || std::fmod(at, 2) < 1) {
          arrivals.push_back({Instant{Duration{static_cast<Duration::rep>(at * 1e9)}}, port});
        }
      }
    }
    std::ranges::sort(arrivals);
    return arrivals;
  }
};

int count(const Network& network, WeakEvidence::Verdict wanted, int runs) {
  int found = 0;
  for (int seed = 1; seed <= runs; ++seed) {
    found += network.run(static_cast<std::uint64_t>(seed)).verdict == wanted ? 1 : 0;
  }
  return found;
}

using enum WeakEvidence::Verdict;
using std::chrono::milliseconds;

TEST(WeakEvidence, BelievesATargetThatAnswersEveryQuestionOneRoundTripLater) {
  for (const int round_trip : {1, 20, 60, 300}) {
    const Network network{.round_trip = milliseconds{round_trip}};
    const auto result = network.run(7);
    EXPECT_EQ(result.verdict, Believed) << round_trip;
    EXPECT_LE(result.asked, round_trip < 100 ? 9 : 14) << round_trip;
  }
}

TEST(WeakEvidence, ToleratesLossAndJitter) {
  for (const int round_trip : {1, 60, 300}) {
    const Network network{
        .round_trip = milliseconds{round_trip}, .jitter = milliseconds{1}, .loss = 0.02};
    EXPECT_GE(count(network, Believed, 2000), 1960) << round_trip;
  }
}

TEST(WeakEvidence, NeverBelievesABlindFloodForASilentTarget) {
  for (const double rate : {1e3, 1e4, 3e4, 2e5, 1e6}) {
    for (const double dense : {1.0, 0.3}) {
      for (const bool in_pulses : {false, true}) {
        const Network network{.flood_rate = rate, .dense_share = dense, .in_pulses = in_pulses};
        EXPECT_EQ(count(network, Believed, 300), 0) << rate << " " << dense << " " << in_pulses;
      }
    }
  }
}

TEST(WeakEvidence, LeavesATrueTargetUndecidedBesideADenseFloodRatherThanGuess) {
  const Network network{.flood_rate = 1e6, .round_trip = milliseconds{60}};
  EXPECT_EQ(count(network, Undecided, 200), 200);
}

TEST(WeakEvidence, GivesUpOnASilentTarget) {
  const Network network{};
  EXPECT_EQ(network.run(1).verdict, Undecided);
  EXPECT_LE(network.run(1).asked, 14);
}

TEST(WeakEvidence, AsksFromPortsAndAtMomentsThatDependOnTheSeed) {
  const auto ports = held_ports();
  const auto first = [&](std::uint64_t seed) {
    WeakEvidence evidence{ports, Instant{}, seed};
    const Instant at = *evidence.deadline();
    return std::pair{at, evidence.ask(at)->value()};
  };
  EXPECT_EQ(first(1), first(1));
  EXPECT_NE(first(1), first(2));
  EXPECT_GE(first(1).first, Instant{milliseconds{300}});
}

}  // namespace
}  // namespace synroute::engine
