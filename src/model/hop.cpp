// SPDX-License-Identifier: Apache-2.0
#include "model/hop.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace synroute::model {
namespace {

/// Probes still pending when a trace is interrupted belong to no row: they may yet be answered.
bool is_on_path(const ProbeRecord& record) {
  return record.probe.role == ProbeRole::Hop && record.is_settled();
}

bool is_unreachable(const ProbeRecord& record) {
  const Reply* reply = record.reply();
  return reply != nullptr && reply->kind == ReplyKind::Unreachable;
}

bool is_same_error(const Reply& left, const Reply& right) {
  return std::tie(left.from, left.icmp_type, left.icmp_code)
         == std::tie(right.from, right.icmp_type, right.icmp_code);
}

/// The smallest TTL that got the ICMP unreachable which ended the trace.
std::optional<int> unreachable_ttl(const Trace& trace) {
  const Reply* decisive = deciding_reply(trace);
  std::optional<int> smallest;
  for (const ProbeRecord& record : trace.probes) {
    const bool same = is_on_path(record) && is_unreachable(record)
                      && (decisive == nullptr || is_same_error(*record.reply(), *decisive));
    if (same) {
      const int ttl = record.probe.ttl.value();
      smallest = std::min(smallest.value_or(ttl), ttl);
    }
  }
  return smallest;
}

int last_settled_ttl(const Trace& trace) {
  int last = trace.first_ttl - 1;
  for (const ProbeRecord& record : trace.probes) {
    if (is_on_path(record)) {
      last = std::max<int>(last, record.probe.ttl.value());
    }
  }
  return last;
}

int last_row(const Trace& trace) {
  if (trace.verdict.distance) {
    return trace.verdict.distance->value();
  }
  const int last = last_settled_ttl(trace);
  return trace.verdict.stop == StopReason::Unreachable ? unreachable_ttl(trace).value_or(last)
                                                       : last;
}

bool is_direct_answer(const ProbeRecord& record) {
  const Reply* reply = record.reply();
  return record.probe.role == ProbeRole::Direct && reply != nullptr && reply->is_tcp();
}

bool has_answer(std::span<const ProbeRecord* const> records) {
  return std::ranges::any_of(
      records, [](const ProbeRecord* record) { return record->reply() != nullptr; });
}

/// Trims a row to the number of attempts asked for. Removed are, in this order: lost attempts
/// beyond that number, lost attempts that were sent again (oldest first), the last Direct probes.
/// Answers of Hop probes are all kept.
void trim(std::vector<const ProbeRecord*>& records, std::size_t wanted) {
  std::size_t surplus = records.size() - std::min(records.size(), wanted);
  for (const bool further_only : {true, false}) {
    std::erase_if(records, [&](const ProbeRecord* record) {
      const bool eligible = !further_only || record->probe.attempt > static_cast<int>(wanted);
      const bool remove = surplus > 0 && eligible && record->is_lost();
      surplus -= remove ? 1 : 0;
      return remove;
    });
  }
  while (records.size() > wanted && records.back()->probe.role == ProbeRole::Direct) {
    records.pop_back();
  }
}

/// Fills up the row of a router that reports the target unreachable with probes of larger TTL that
/// it rejected with the same error. They reached the same router, and its ICMP rate limit was spent
/// on them instead of on the probes of the row.
void add_rejected_beyond(
    std::vector<const ProbeRecord*>& row, std::span<const ProbeRecord> records, int wanted) {
  const auto rejected =
      std::ranges::find_if(row, [](const ProbeRecord* record) { return is_unreachable(*record); });
  if (rejected == row.end()) {
    return;
  }
  const ProbeRecord& pattern = **rejected;
  for (const ProbeRecord& record : records) {
    const bool is_beyond = is_on_path(record) && record.probe.ttl > pattern.probe.ttl;
    const bool same = is_beyond && is_unreachable(record) && !record.is_late()
                      && is_same_error(*record.reply(), *pattern.reply());
    if (same && std::ssize(row) < wanted) {
      row.push_back(&record);
    }
  }
}

}  // namespace

std::vector<Responder> Hop::responders() const {
  std::vector<Responder> result;
  for (const ProbeRecord* record : probes) {
    const Reply* reply = record->reply();
    if (reply == nullptr) {
      continue;
    }
    auto place = std::ranges::find(result, reply->from, &Responder::address);
    if (place == result.end()) {
      place = result.insert(place, Responder{.address = reply->from, .count = 0, .rtts = {}});
    }
    ++place->count;
    if (!record->is_late()) {
      place->rtts.push_back(reply->rtt);
    }
  }
  return result;
}

bool Hop::is_silent() const {
  return !has_answer(probes);
}

std::vector<const ProbeRecord*> row(
    std::span<const ProbeRecord> records, Ttl ttl, bool is_target, int queries) {
  std::vector<const ProbeRecord*> result;
  std::vector<const ProbeRecord*> direct;
  for (const ProbeRecord& record : records) {
    if (is_on_path(record) && record.probe.ttl == ttl) {
      result.push_back(&record);
    } else if (is_target && is_direct_answer(record)) {
      direct.push_back(&record);
    }
  }
  std::ranges::stable_sort(
      result, {}, [](const ProbeRecord* record) { return record->probe.attempt; });
  result.insert(result.end(), direct.begin(), direct.end());
  if (has_answer(result)) {
    std::erase_if(
        result, [](const ProbeRecord* record) { return record->overlapped && record->is_lost(); });
  }
  trim(result, static_cast<std::size_t>(std::max(queries, 0)));
  add_rejected_beyond(result, records, queries);
  return result;
}

std::vector<Hop> hops(const Trace& trace) {
  std::vector<Hop> rows;
  const int last = last_row(trace);
  for (int number = trace.first_ttl; number <= last; ++number) {
    const Ttl ttl{static_cast<std::uint8_t>(number)};
    const bool is_target = ttl == trace.verdict.distance;
    rows.push_back(Hop{.ttl = ttl, .probes = row(trace.probes, ttl, is_target, trace.queries)});
  }
  return rows;
}

}  // namespace synroute::model
