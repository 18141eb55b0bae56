// SPDX-License-Identifier: Apache-2.0
#include "cli/native/replay_report.hpp"

#include "wire/link_layer.hpp"

#include <fmt/format.h>

#include <optional>

namespace synroute::cli {
namespace {

class List {
 public:
  /// Adds "3 packets of no trace", or nothing when the count is 0.
  void add(std::size_t count, std::string_view noun, std::string_view what) {
    if (count > 0) {
      add(fmt::format("{} {}{} {}", count, noun, count == 1 ? "" : "s", what));
    }
  }
  void add(std::string_view text) { text_ += fmt::format("{}{}", text_.empty() ? "" : ", ", text); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string text_of(wire::LinkType type) {
  const std::string_view name = wire::name_of(type);
  const auto number = static_cast<unsigned>(type);
  return name.empty() ? fmt::format("link type {}", number)
                      : fmt::format("link type {} ({})", number, name);
}

/// "link type 147 (USER0) is not read", when no frame of the capture has another.
std::optional<std::string> only_unread(const replay::CaptureStatistics& statistics) {
  if (statistics.unread_links.size() != 1
      || statistics.unread_links.begin()->second != statistics.packets) {
    return std::nullopt;
  }
  return fmt::format("{} is not read", text_of(statistics.unread_links.begin()->first));
}

std::string text_of(const wire::PcapDamage& damage) {
  return damage.cut ? fmt::format("the capture ends inside the record at byte {}", damage.offset)
                    : fmt::format(
                          "the capture is damaged at byte {}: the rest is not read", damage.offset);
}

}  // namespace

std::string no_trace(
    std::string_view name, const replay::Capture& capture, const replay::FoundTraces& found) {
  if (found.excluded > 0) {
    return fmt::format(
        "{}: none of its {} {} matches the targets given",
        name,
        found.excluded,
        found.excluded == 1 ? "trace" : "traces");
  }
  if (const auto unread = only_unread(capture.statistics())) {
    return fmt::format("{}: no trace found: {}", name, *unread);
  }
  const std::string unused = left_out(capture, found);
  const std::string rest = unused.empty() ? "" : fmt::format(" ({})", unused);
  if (found.connection_syns > 0) {
    return fmt::format(
        "{}: no trace found: its {} TCP SYN{} {} those of ordinary connections, or {} not captured on the sending host{}",
        name,
        found.connection_syns,
        found.connection_syns == 1 ? "" : "s",
        found.connection_syns == 1 ? "looks like" : "look like",
        found.connection_syns == 1 ? "was" : "were",
        rest);
  }
  return fmt::format(
      "{}: no trace found: no TCP SYN that can be a probe in {} packet{}{}",
      name,
      capture.statistics().packets,
      capture.statistics().packets == 1 ? "" : "s",
      rest);
}

std::string left_out(const replay::Capture& capture, const replay::FoundTraces& found) {
  const replay::CaptureStatistics& statistics = capture.statistics();
  List list;
  list.add(found.unrelated, "packet", "of no trace");
  list.add(found.ttl_zero, "SYN", "with TTL 0, which no router forwards");
  list.add(statistics.not_ip, "frame", "without readable IP");
  for (const auto& [type, count] : statistics.unread_links) {
    list.add(count, "frame", fmt::format("of {}, which is not read", text_of(type)));
  }
  list.add(statistics.unreadable, "packet", "with malformed or truncated headers");
  list.add(statistics.fragments, "fragment", "other than the first");
  list.add(statistics.untimed, "packet", "without a timestamp");
  list.add(found.bad_checksum, "answer", "with a wrong checksum");
  list.add(found.truncated, "answer", "truncated by the capture, used as far as possible");
  list.add(
      statistics.beyond_store, "packet", "not used: at most 64 MiB of SYNs and answers are kept");
  list.add(found.over_limit, "further trace", "not shown");
  if (statistics.damage) {
    list.add(text_of(*statistics.damage));
  }
  if (statistics.compression_fault) {
    list.add(*statistics.compression_fault);
  }
  return list.text();
}

std::string describe(const replay::ExpiredData& data) {
  constexpr std::size_t kShown = 16;
  std::string hops;
  std::size_t count = 0;
  for (const auto& [ttl, router] : data.hops) {
    if (count++ < kShown) {
      hops += fmt::format("{}TTL {} at {}", hops.empty() ? "" : ", ", ttl, router.to_string());
    }
  }
  if (count > kShown) {
    hops += fmt::format(" and {} more", count - kShown);
  }
  std::string text = fmt::format(
      "data segments from {} to {} port {} expired on the way ({}); they are not shown as a trace",
      data.key.source.to_string(),
      data.key.target.to_string(),
      data.key.port.value(),
      hops);
  if (data.ttl_before_reset) {
    text += fmt::format(
        "; {} reset{} received, the first after a segment with TTL {}",
        data.resets,
        data.resets == 1 ? " was" : "s were",
        *data.ttl_before_reset);
  }
  return text;
}

}  // namespace synroute::cli
