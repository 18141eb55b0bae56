// SPDX-License-Identifier: Apache-2.0
#include "cli/native/replay_report.hpp"

#include <fmt/format.h>

namespace synroute::cli {
namespace {

class List {
 public:
  /// "3 packets WHAT", "1 packet WHAT".
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
    std::string_view name, const replay::Capture& capture, const replay::Found& found) {
  if (found.not_wanted > 0) {
    return fmt::format(
        "{}: none of its {} {} matches",
        name,
        found.not_wanted,
        found.not_wanted == 1 ? "trace" : "traces");
  }
  if (found.connects > 0) {
    return fmt::format(
        "{}: no trace found: its {} TCP SYN{} had a TTL too high to expire, as ordinary connections do, or {} not captured on the host that sent {}",
        name,
        found.connects,
        found.connects == 1 ? "" : "s",
        found.connects == 1 ? "was" : "were",
        found.connects == 1 ? "it" : "them");
  }
  const std::string rest = left_out(capture, found);
  return fmt::format(
      "{}: no trace found: no TCP SYN among its {} packets{}",
      name,
      capture.census().packets,
      rest.empty() ? "" : fmt::format(" ({})", rest));
}

std::string left_out(const replay::Capture& capture, const replay::Found& found) {
  const replay::Census& census = capture.census();
  List list;
  list.add(found.foreign, "packet", "of no trace");
  list.add(census.not_ip, "frame", "without IP");
  list.add(census.unreadable, "packet", "with truncated or invalid headers");
  list.add(census.fragments, "further fragment", "of packets");
  list.add(census.untimed, "packet", "without a timestamp");
  list.add(found.damaged, "answer", "with a wrong checksum");
  list.add(found.cut, "answer", "truncated by the capture and used in part");
  list.add(found.too_many, "further trace", "not shown");
  if (census.file_cut) {
    list.add("the file ends inside a packet");
  }
  return list.text();
}

}  // namespace synroute::cli
