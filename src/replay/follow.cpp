// SPDX-License-Identifier: Apache-2.0
#include "replay/follow.hpp"

#include "model/limits.hpp"
#include "strategy/path/path_rows.hpp"
#include "strategy/path/port_verdict.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace synroute::replay {
namespace {

using engine::Ledger;
using engine::Move;
using model::ProbeRecord;
using model::ProbeRole;

/// Nobody's answer takes so long.
constexpr Duration kForever = std::chrono::hours{24 * 365};
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

/// For each probe of a recording, the item that shows it given up; kNever for most.
std::vector<std::size_t> given_up_at(const Recording& recording) {
  struct Last {
    std::size_t probe = 0;
    WallTime at;
  };
  std::vector<std::size_t> result;
  std::map<std::tuple<Port, std::uint32_t>, Last> latest;
  for (std::size_t i = 0; i < recording.items.size(); ++i) {
    const Item& item = recording.items[i];
    if (!item.is_probe) {
      continue;
    }
    const wire::TcpHeader& header = item.datagram.tcp()->header;
    const Last current{.probe = result.size(), .at = item.at};
    const auto [before, fresh] = latest.try_emplace({header.source_port, header.sequence}, current);
    if (!fresh) {
      if (item.at.since_1970() - before->second.at.since_1970() >= kGivenUp) {
        result[before->second.probe] = i;
      }
      before->second = current;
    }
    result.push_back(kNever);
  }
  return result;
}

int last_complete(const Recording& recording) {
  int last = recording.first_ttl;
  std::map<int, int> attempts;
  for (const Item& item : recording.items) {
    const int ttl = item.datagram.ip.ttl.value();
    if (item.is_probe && item.role == ProbeRole::Hop && ++attempts[ttl] >= recording.queries) {
      last = std::max(last, ttl);
    }
  }
  return last;
}

class Follow final : public engine::Strategy {
 public:
  explicit Follow(std::shared_ptr<const Tape> tape)
      : tape_{std::move(tape)},
        given_up_at_{given_up_at(tape_->recording())},
        last_complete_{last_complete(tape_->recording())},
        rows_{{.first_ttl = tape_->recording().first_ttl}} {}

  Move next(Instant now, bool may_send, const Ledger& ledger) override;
  void settled(const ProbeRecord& record, const Ledger& ledger) override;
  void heard(const engine::UnnamedAnswer&) override { judgement_.heard_target = true; }
  [[nodiscard]] bool screens_resets() const override { return true; }
  void resets_disproved(const Ledger& ledger) override;
  [[nodiscard]] Duration patience(const ProbeRecord& record, const Ledger& ledger) const override;
  /// At once, until all is played.
  [[nodiscard]] std::optional<Instant> deadline() const override { return Instant{}; }
  [[nodiscard]] model::Verdict verdict_so_far(const Ledger& ledger) const override;

 private:
  [[nodiscard]] Move ask(const Ledger& ledger);
  [[nodiscard]] Move conclude(const Ledger& ledger);
  [[nodiscard]] bool is_given_up(ProbeId id) const {
    return tape_->at_end() || tape_->position() >= given_up_at_[id.value()];
  }
  [[nodiscard]] bool is_abandoned(const model::Probe& probe) const {
    return probe.role == ProbeRole::Hop && probe.ttl.value() > last_row();
  }
  [[nodiscard]] int last_row() const;
  [[nodiscard]] bool was_confirmed(const Ledger& ledger) const;
  [[nodiscard]] model::StopReason stop_reason() const;

  std::shared_ptr<const Tape> tape_;
  std::vector<std::size_t> given_up_at_;
  int last_complete_;  ///< the last TTL that got as many probes as the first
  strategy::PortVerdict judgement_;
  strategy::PathRows rows_;
  bool told_distance_ = false;
  int told_rows_ = 0;
};

Move Follow::next(Instant, bool may_send, const Ledger& ledger) {
  if (!tape_->at_end()) {
    return may_send && tape_->at_probe() ? ask(ledger) : Move{};
  }
  const bool all_known = std::ranges::all_of(ledger.records(), [this](const ProbeRecord& record) {
    return record.is_settled() || is_abandoned(record.probe);
  });
  return all_known ? conclude(ledger) : Move{};
}

Move Follow::ask(const Ledger& ledger) {
  const auto records = ledger.records();
  const auto holds_up = [&](const ProbeRecord& record) {
    return record.is_waiting() && (is_given_up(record.probe.id) || !record.probe.has_left);
  };
  if (std::ranges::any_of(records, holds_up)) {
    return {};
  }
  const Item& item = tape_->next();
  return engine::Ask{
      .flow = FlowId{0},
      .ttl = item.datagram.ip.ttl,
      .role = item.role,
      .attempt = item.attempt,
      .seen = &item.datagram};
}

Move Follow::conclude(const Ledger& ledger) {
  if (rows_.distance() && !told_distance_) {
    told_distance_ = true;
    return model::DistanceKnown{Ttl{static_cast<std::uint8_t>(*rows_.distance())}};
  }
  const int ttl = tape_->recording().first_ttl + told_rows_;
  if (ttl <= last_row()) {
    ++told_rows_;
    return engine::RowSettled{
        .ttl = Ttl{static_cast<std::uint8_t>(ttl)}, .is_target = rows_.distance() == ttl};
  }
  return verdict_so_far(ledger);
}

/// Behind the end of the path, and behind the last TTL that was asked as often as the first, probes
/// were under way when the prober had done: nobody waited for them, so their silence says nothing.
int Follow::last_row() const {
  return rows_.distance().value_or(
      rows_.barrier().value_or(std::max(rows_.farthest(), last_complete_)));
}

void Follow::settled(const ProbeRecord& record, const Ledger&) {
  rows_.add(record);
  if (record.reply() != nullptr) {
    judgement_.add(record);
  }
}

void Follow::resets_disproved(const Ledger& ledger) {
  rows_.relearn(ledger.records());
  judgement_ = {};
  for (const ProbeRecord& record : ledger.records()) {
    if (record.reply() != nullptr) {
      judgement_.add(record);
    }
  }
}

Duration Follow::patience(const ProbeRecord& record, const Ledger&) const {
  const bool is_over = tape_->at_end() ? !is_abandoned(record.probe) : is_given_up(record.probe.id);
  return is_over ? Duration{} : kForever;
}

/// Whether anything was sent that could have confirmed a reset seen at exactly the arrival TTL:
/// most tools stop there.
bool Follow::was_confirmed(const Ledger& ledger) const {
  return rows_.distance()
         && std::ranges::any_of(ledger.records(), [this](const ProbeRecord& record) {
              return record.probe.ttl.value() > *rows_.distance();
            });
}

model::StopReason Follow::stop_reason() const {
  if (rows_.distance() || rows_.barrier()) {
    return rows_.distance() && judgement_.heard_tcp ? model::StopReason::TargetAnswered
                                                    : model::StopReason::Unreachable;
  }
  // The prober went on behind silent hops, or ended with one that answered.
  const int last = last_complete_;
  return last == rows_.farthest() || last >= model::kDefaultLastTtl ? model::StopReason::MaxTtl
                                                                    : model::StopReason::GapLimit;
}

model::Verdict Follow::verdict_so_far(const Ledger& ledger) const {
  model::Verdict verdict = judgement_.verdict(rows_.distance(), was_confirmed(ledger), ledger);
  verdict.stop = stop_reason();
  return verdict;
}

}  // namespace

std::unique_ptr<engine::Strategy> follow(std::shared_ptr<const Tape> tape) {
  return std::make_unique<Follow>(std::move(tape));
}

engine::Settings settings_for(const Recording& recording) {
  engine::Settings settings;
  model::Trace& head = settings.head;
  head.target.input = recording.course.target.to_string();
  head.target.address = recording.course.target;
  head.target.port = recording.course.port;
  head.source.address = recording.course.source;
  head.source.port = recording.source_port;
  head.method = model::Method::Replay;
  head.first_ttl = recording.first_ttl;
  head.last_ttl = recording.last_ttl;
  head.queries = recording.queries;
  head.packet_length = recording.packet_length;
  head.started_at = recording.items.front().at;
  settings.pacing = Duration{};
  settings.probes_max = recording.probes + 1;
  return settings;
}

}  // namespace synroute::replay
