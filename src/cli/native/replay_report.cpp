// SPDX-License-Identifier: Apache-2.0
#include "cli/native/replay_report.hpp"

#include <fmt/format.h>

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
  if (found.connection_syns > 0) {
    return fmt::format(
        "{}: no trace found: its {} TCP SYN{} {} the TTL of ordinary connections, or {} not captured on the sending host",
        name,
        found.connection_syns,
        found.connection_syns == 1 ? "" : "s",
        found.connection_syns == 1 ? "has" : "have",
        found.connection_syns == 1 ? "was" : "were");
  }
  const std::string rest = left_out(capture, found);
  return fmt::format(
      "{}: no trace found: no TCP SYN in {} packets{}",
      name,
      capture.statistics().packets,
      rest.empty() ? "" : fmt::format(" ({})", rest));
}

std::string left_out(const replay::Capture& capture, const replay::FoundTraces& found) {
  const replay::CaptureStatistics& statistics = capture.statistics();
  List list;
  list.add(found.unrelated, "packet", "of no trace");
  list.add(statistics.not_ip, "frame", "without IP");
  list.add(statistics.unreadable, "packet", "with malformed or truncated headers");
  list.add(statistics.fragments, "fragment", "other than the first");
  list.add(statistics.untimed, "packet", "without a timestamp");
  list.add(found.bad_checksum, "answer", "with a wrong checksum");
  list.add(found.truncated, "answer", "truncated by the capture, used as far as possible");
  list.add(found.over_limit, "further trace", "not shown");
  if (statistics.file_truncated) {
    list.add("the file ends inside a packet");
  }
  return list.text();
}

}  // namespace synroute::cli
