// SPDX-License-Identifier: Apache-2.0
#include "cli/native/target_list.hpp"

#include "base/text.hpp"
#include "os/interruption.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace synroute::cli {
namespace {

/// No host name, port and comment need more; the rest of a longer line is skipped.
constexpr std::size_t kLongestLine = 1024;

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  line = line.substr(0, line.find('#'));
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) {
      return words;
    }
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(kBlank), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::optional<std::uint64_t> count_lines(std::FILE* file) {
  std::array<char, 65'536> buffer{};
  std::uint64_t lines = 0;
  char last = '\n';
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file)) {
    lines += static_cast<std::uint64_t>(std::count(buffer.begin(), buffer.begin() + size, '\n'));
    last = buffer[size - 1];
  }
  if (std::ferror(file) != 0 || std::fseek(file, 0, SEEK_SET) != 0) {
    return std::nullopt;
  }
  return lines + (last != '\n' ? 1 : 0);
}

}  // namespace

Read<TargetList> TargetList::open(
    const std::string& path, std::optional<Port> port, ServicePorts services) {
  TargetList list;
  list.name_ = path == "-" ? "standard input" : sanitise(path);
  list.port_ = port;
  list.services_ = std::move(services);
  list.file_.reset(path == "-" ? stdin : std::fopen(path.c_str(), "re"));
  if (!list.file_) {
    return std::unexpected{fmt::format("cannot read {}: {}", list.name_, std::strerror(errno))};
  }
  if (std::fseek(list.file_.get(), 0, SEEK_SET) == 0) {
    list.line_count_ = count_lines(list.file_.get());
  }
  std::clearerr(list.file_.get());
  return list;
}

/// False at the end.
bool TargetList::read_line(std::string& line) {
  const os::Interruptible interruptible;  // standard input may never come
  line.clear();
  int character = 0;
  while ((character = std::getc(file_.get())) != EOF && character != '\n') {
    if (line.size() <= kLongestLine) {
      line += static_cast<char>(character);
    }
  }
  ++line_number_;
  return character != EOF || !line.empty();
}

Read<tracer::TargetRequest> TargetList::read_line_target(
    std::span<const std::string_view> words) const {
  if (words.size() == 1) {
    auto target = read_target(words.front(), services_);
    if (target && !target->port) {
      target->port = port_;
    }
    return target;
  }
  auto read = read_operands(words, std::nullopt, services_);
  if (!read) {
    return std::unexpected{std::move(read.error())};
  }
  if (read->targets.size() != 1 || read->packet_length) {
    return std::unexpected{"more than one target on a line"};
  }
  return std::move(read->targets.front());
}

std::optional<tracer::TargetRequest> TargetList::next(const Complaint& complain) {
  std::string line;
  while (read_line(line)) {
    const auto at = [this](std::string_view what) {
      return fmt::format("{}:{}: {}", name_, line_number_, what);
    };
    if (line.size() > kLongestLine) {
      complain(at("the line is too long"));
      continue;
    }
    const auto words = words_of(line);
    if (words.empty()) {
      continue;
    }
    auto target = read_line_target(words);
    if (target) {
      return std::move(*target);
    }
    complain(at(target.error()));
  }
  if (std::ferror(file_.get()) != 0 && os::noted_signal() == 0) {
    complain(fmt::format("cannot read {}: {}", name_, std::strerror(errno)));
  }
  return std::nullopt;
}

}  // namespace synroute::cli
