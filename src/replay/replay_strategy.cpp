// SPDX-License-Identifier: Apache-2.0
#include "replay/replay_strategy.hpp"

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

/// Longer than any capture: the probe stays pending.
constexpr Duration kForever = std::chrono::hours{24 * 365};
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

/// For each probe of a trace, the index of the packet that shows it given up; kNever when none
/// does.
std::vector<std::size_t> given_up_at(const RecordedTrace& trace) {
  struct Last {
    std::size_t probe = 0;
    WallTime at;
  };
  std::vector<std::size_t> result;
  std::map<std::tuple<Port, std::uint32_t>, Last> latest;
  for (std::size_t i = 0; i < trace.packets.size(); ++i) {
    const RecordedPacket& packet = trace.packets[i];
    if (!packet.is_probe) {
      continue;
    }
    const Last current{.probe = result.size(), .at = packet.at};
    const auto [before, fresh] = latest.try_emplace({packet.source_port, packet.sequence}, current);
    if (!fresh) {
      if (packet.at.since_1970() - before->second.at.since_1970() >= kGivenUp) {
        result[before->second.probe] = i;
      }
      before->second = current;
    }
    result.push_back(kNever);
  }
  return result;
}

/// The probes that are given up, in that order.
std::vector<std::size_t> by_give_up(const std::vector<std::size_t>& given_up_at) {
  std::vector<std::size_t> probes;
  for (std::size_t i = 0; i < given_up_at.size(); ++i) {
    if (given_up_at[i] != kNever) {
      probes.push_back(i);
    }
  }
  std::ranges::stable_sort(probes, {}, [&](std::size_t probe) { return given_up_at[probe]; });
  return probes;
}

int last_complete(const RecordedTrace& trace) {
  int last = trace.first_ttl;
  std::map<int, int> attempts;
  for (const RecordedPacket& packet : trace.packets) {
    const int ttl = packet.ttl.value();
    if (packet.is_probe && packet.role == ProbeRole::Hop && ++attempts[ttl] >= trace.queries) {
      last = std::max(last, ttl);
    }
  }
  return last;
}

class ReplayStrategy final : public engine::Strategy {
 public:
  explicit ReplayStrategy(std::shared_ptr<const ReplayCursor> cursor)
      : cursor_{std::move(cursor)},
        given_up_at_{given_up_at(cursor_->trace())},
        by_give_up_{by_give_up(given_up_at_)},
        last_complete_{last_complete(cursor_->trace())},
        rows_{{.first_ttl = cursor_->trace().first_ttl}} {}

  Move next(Instant now, bool may_send, const Ledger& ledger) override;
  void settled(const ProbeRecord& record, const Ledger& ledger) override;
  void heard(const engine::UnnamedAnswer&) override { port_verdict_.heard_target = true; }
  [[nodiscard]] engine::ResetScreening reset_screening() const override {
    return engine::ResetScreening::All;
  }
  void relearn(const Ledger& ledger) override;
  [[nodiscard]] Duration patience(const ProbeRecord& record, const Ledger& ledger) const override;
  /// Due at once: replay waits for nothing.
  [[nodiscard]] std::optional<Instant> deadline() const override { return Instant{}; }
  [[nodiscard]] model::Verdict verdict_so_far(const Ledger& ledger) const override;

 private:
  [[nodiscard]] Move ask(const Ledger& ledger);
  [[nodiscard]] bool is_ready(const Ledger& ledger);
  [[nodiscard]] Move conclude(const Ledger& ledger);
  [[nodiscard]] bool is_given_up(ProbeId id) const {
    return cursor_->at_end() || cursor_->position() >= given_up_at_[id.value()];
  }
  [[nodiscard]] bool is_abandoned(const model::Probe& probe) const {
    return probe.role == ProbeRole::Hop && probe.ttl.value() > last_row();
  }
  [[nodiscard]] int last_row() const;
  [[nodiscard]] bool was_confirmed(const Ledger& ledger) const;
  [[nodiscard]] model::StopReason stop_reason() const;

  std::shared_ptr<const ReplayCursor> cursor_;
  std::vector<std::size_t> given_up_at_;
  std::vector<std::size_t> by_give_up_;
  std::size_t settled_until_ = 0;  ///< index of by_give_up_; those before are settled
  wire::Datagram asked_;
  int last_complete_;  ///< the last TTL with as many probes as the first
  strategy::PortVerdict port_verdict_;
  strategy::PathRows rows_;
  bool distance_reported_ = false;
  int rows_reported_ = 0;
};

Move ReplayStrategy::next(Instant, bool may_send, const Ledger& ledger) {
  if (!cursor_->at_end()) {
    return may_send && cursor_->at_probe() ? ask(ledger) : Move{};
  }
  const bool all_known = std::ranges::all_of(ledger.records(), [this](const ProbeRecord& record) {
    return record.is_settled() || is_abandoned(record.probe);
  });
  return all_known ? conclude(ledger) : Move{};
}

Move ReplayStrategy::ask(const Ledger& ledger) {
  if (!is_ready(ledger)) {
    return {};
  }
  const RecordedPacket& packet = cursor_->next();
  asked_ = packet.datagram();
  return engine::Ask{
      .flow = FlowId{0},
      .ttl = packet.ttl,
      .role = packet.role,
      .attempt = packet.attempt,
      .seen = &asked_};
}

/// Not before the last probe has left, and those given up until now are settled.
bool ReplayStrategy::is_ready(const Ledger& ledger) {
  const auto records = ledger.records();
  if (!records.empty() && records.back().is_waiting() && !records.back().probe.has_left) {
    return false;
  }
  while (settled_until_ < by_give_up_.size()) {
    const std::size_t probe = by_give_up_[settled_until_];
    if (given_up_at_[probe] > cursor_->position() || probe >= records.size()) {
      break;
    }
    if (records[probe].is_waiting()) {
      return false;
    }
    ++settled_until_;
  }
  return true;
}

Move ReplayStrategy::conclude(const Ledger& ledger) {
  if (rows_.distance() && !distance_reported_) {
    distance_reported_ = true;
    return model::DistanceKnown{ttl_of(*rows_.distance())};
  }
  const int ttl = cursor_->trace().first_ttl + rows_reported_;
  if (ttl <= last_row()) {
    ++rows_reported_;
    return engine::RowSettled{.ttl = ttl_of(ttl), .is_target = rows_.distance() == ttl};
  }
  return verdict_so_far(ledger);
}

/// Probes beyond the end of the path, or beyond the last TTL with all its queries, were still
/// pending when the prober stopped: a missing answer to them means nothing.
int ReplayStrategy::last_row() const {
  return rows_.distance().value_or(
      rows_.barrier().value_or(std::max(rows_.farthest(), last_complete_)));
}

void ReplayStrategy::settled(const ProbeRecord& record, const Ledger&) {
  rows_.add(record);
  if (record.reply() != nullptr) {
    port_verdict_.add(record);
  }
}

void ReplayStrategy::relearn(const Ledger& ledger) {
  rows_.relearn(ledger.records());
  port_verdict_ = {};
  for (const ProbeRecord& record : ledger.records()) {
    if (record.reply() != nullptr) {
      port_verdict_.add(record);
    }
  }
}

Duration ReplayStrategy::patience(const ProbeRecord& record, const Ledger&) const {
  const bool is_over =
      cursor_->at_end() ? !is_abandoned(record.probe) : is_given_up(record.probe.id);
  return is_over ? Duration{} : kForever;
}

/// Whether a probe was sent that could have confirmed a reset seen at exactly the arrival TTL. Most
/// tools stop there.
bool ReplayStrategy::was_confirmed(const Ledger& ledger) const {
  return rows_.distance()
         && std::ranges::any_of(ledger.records(), [this](const ProbeRecord& record) {
              return record.probe.ttl.value() > *rows_.distance();
            });
}

model::StopReason ReplayStrategy::stop_reason() const {
  if (rows_.distance() || rows_.barrier()) {
    return rows_.distance() && port_verdict_.heard_tcp ? model::StopReason::TargetAnswered
                                                       : model::StopReason::Unreachable;
  }
  // The prober stopped after silent hops, or at a hop that answered.
  const int last = last_complete_;
  return last == rows_.farthest() || last >= model::kDefaultLastTtl ? model::StopReason::MaxTtl
                                                                    : model::StopReason::GapLimit;
}

model::Verdict ReplayStrategy::verdict_so_far(const Ledger& ledger) const {
  model::Verdict verdict = port_verdict_.verdict(rows_.distance(), was_confirmed(ledger), ledger);
  verdict.stop = stop_reason();
  return verdict;
}

}  // namespace

std::unique_ptr<engine::Strategy> make_replay_strategy(std::shared_ptr<const ReplayCursor> cursor) {
  return std::make_unique<ReplayStrategy>(std::move(cursor));
}

engine::Settings settings_for(const RecordedTrace& trace) {
  engine::Settings settings;
  model::Trace& head = settings.head;
  head.target.input = trace.key.target.to_string();
  head.target.address = trace.key.target;
  head.target.port = trace.key.port;
  head.source.address = trace.key.source;
  head.source.port = trace.source_port;
  head.method = model::Method::Replay;
  head.first_ttl = trace.first_ttl;
  head.last_ttl = trace.last_ttl;
  head.queries = trace.queries;
  head.packet_length = trace.packet_length;
  head.started_at = trace.packets.front().at;
  settings.pacing = Duration{};
  settings.probes_max = trace.probes + 1;
  return settings;
}

}  // namespace synroute::replay
