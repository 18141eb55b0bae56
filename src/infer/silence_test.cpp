// SPDX-License-Identifier: Apache-2.0
#include "infer/silence.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>

namespace synroute::infer {
namespace {

using model::Certainty;
using model::FindingKind;
using namespace std::chrono_literals;

/// Rows of `queries` probes each, all answered at first.
class Path {
 public:
  Path(int hops, int queries) {
    for (int ttl = 1; ttl <= hops; ++ttl) {
      model::Hop row{.ttl = ttl_of(ttl), .probes = {}};
      for (int attempt = 1; attempt <= queries; ++attempt) {
        model::ProbeRecord& record = records_.emplace_back();
        record.probe.id = ProbeId{static_cast<std::uint32_t>(records_.size() - 1)};
        record.probe.ttl = row.ttl;
        record.probe.sent = Instant{} + attempt * 1ms;
        record.state = model::Answered{};
        row.probes.push_back(&record);
      }
      rows_.push_back(std::move(row));
    }
  }

  Path& lose(int ttl, int attempt, std::optional<Duration> waited = 400ms) {
    const auto row = static_cast<std::size_t>(ttl - 1);
    const ProbeId id = rows_[row].probes[static_cast<std::size_t>(attempt - 1)]->probe.id;
    records_[id.value()].state = model::Lost{waited};
    return *this;
  }
  Path& lose_row(int ttl, std::optional<Duration> waited = 400ms) {
    const auto queries = rows_[static_cast<std::size_t>(ttl - 1)].probes.size();
    for (int attempt = 1; attempt <= static_cast<int>(queries); ++attempt) {
      lose(ttl, attempt, waited);
    }
    return *this;
  }
  [[nodiscard]] std::vector<model::Finding> findings() const {
    std::vector<model::Finding> result;
    find_silence(rows_, result);
    return result;
  }

 private:
  std::deque<model::ProbeRecord> records_;
  Rows rows_;
};

TEST(Silence, IsNotTakenForMoreThanThatNothingCameInTime) {
  const auto findings = Path{6, 3}.lose_row(3).findings();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::SilentHop);
  EXPECT_EQ(findings[0].first_hop, Ttl{3});
  EXPECT_EQ(findings[0].certainty, Certainty::Possible);
  EXPECT_EQ(
      findings[0].sentence,
      "no answer within 0.4 s, but later hops answer: slow to report, or silent");
  EXPECT_EQ(findings[0].evidence, (std::vector{ProbeId{6}, ProbeId{7}, ProbeId{8}}));
}

TEST(Silence, NamesTheShortestWait) {
  const auto findings = Path{6, 3}.lose_row(3, 900ms).lose(3, 2, 150ms).findings();
  EXPECT_TRUE(findings[0].sentence.starts_with("no answer within 0.1 s,"));
}

TEST(Silence, IsARouterThatDoesNotReportAfterSixSeconds) {
  const auto findings = Path{6, 3}.lose_row(3, 6s).findings();
  EXPECT_EQ(findings[0].certainty, Certainty::Likely);
  EXPECT_EQ(
      findings[0].sentence,
      "no answer within 6 s, but later hops answer: it forwards but does not report");
}

TEST(Silence, HasNoTimeWhereNoneIsKnown) {
  const auto findings = Path{6, 3}.lose_row(3, std::nullopt).findings();
  EXPECT_EQ(findings[0].certainty, Certainty::Possible);
  EXPECT_EQ(findings[0].sentence, "no answer, but later hops answer: slow to report, or silent");
}

TEST(Silence, OfConsecutiveHopsIsOneFinding) {
  const auto findings = Path{9, 3}.lose_row(3).lose_row(4).lose_row(5).lose_row(7).findings();
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].first_hop, Ttl{3});
  EXPECT_EQ(findings[0].last_hop, Ttl{5});
  EXPECT_EQ(findings[0].evidence.size(), 9U);
  EXPECT_EQ(findings[1].first_hop, Ttl{7});
}

TEST(Silence, AtTheEndOfThePathIsNoFinding) {
  EXPECT_TRUE((Path{6, 3}.lose_row(5).lose_row(6).findings().empty()));
}

TEST(PartlyAnswered, IsSaidWithoutACause) {
  const auto findings = Path{6, 3}.lose(2, 2).lose(2, 3).findings();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::PartlyAnswered);
  EXPECT_EQ(findings[0].sentence, "answered 1 of 3 probes, later hops answered all");
}

TEST(PartlyAnswered, IsNotSaidWherePacketsAreLostBehind) {
  for (const auto& finding : Path{6, 3}.lose(2, 3).lose(5, 1).findings()) {
    EXPECT_NE(finding.first_hop, Ttl{2});
  }
}

TEST(LimitedReports, NeedTheLastProbesOfManyLost) {
  Path limited{8, 10};
  Path lossy{8, 10};
  for (const int attempt : {6, 7, 8, 9, 10}) {
    limited.lose(2, attempt);
    lossy.lose(2, attempt - 1);
  }
  const auto findings = limited.findings();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::LimitedReports);
  EXPECT_EQ(findings[0].certainty, Certainty::Likely);
  EXPECT_EQ(lossy.findings().at(0).kind, FindingKind::PartlyAnswered) << "the last was answered";
}

TEST(LimitedReports, AreNeverFoundByThreeProbesOfAFewHops) {
  EXPECT_EQ((Path{8, 3}.lose(2, 2).lose(2, 3).findings().at(0).kind), FindingKind::PartlyAnswered);
}

TEST(LimitedReports, AreNotFoundOnLossyPathsOftenerThanStated) {
  Random random{7};
  for (const double loss : {0.02, 0.1, 0.3}) {
    for (const int queries : {3, 10}) {
      constexpr int kPaths = 1000;
      int wrong = 0;
      for (int number = 0; number < kPaths; ++number) {
        Path path{8, queries};
        for (int ttl = 1; ttl <= 8; ++ttl) {
          for (int attempt = 1; attempt <= queries; ++attempt) {
            if (random.chance(loss)) {
              path.lose(ttl, attempt);
            }
          }
        }
        const auto findings = path.findings();
        const auto is_limited = [](const model::Finding& finding) {
          return finding.kind == FindingKind::LimitedReports;
        };
        wrong += std::ranges::any_of(findings, is_limited) ? 1 : 0;
      }
      EXPECT_LE(wrong, kPaths / 100) << loss << ' ' << queries;
    }
  }
}

TEST(MoreThanLoss, IsJudgedByTheOtherHops) {
  EXPECT_TRUE(is_more_than_loss(4, 10, 0, 70, 8));
  EXPECT_FALSE(is_more_than_loss(4, 10, 7, 70, 8));
  EXPECT_FALSE(is_more_than_loss(2, 3, 0, 21, 8));
  EXPECT_FALSE(is_more_than_loss(10, 10, 0, 0, 1)) << "there are no others";
}

}  // namespace
}  // namespace synroute::infer
