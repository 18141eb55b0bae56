// SPDX-License-Identifier: Apache-2.0
#include "scenario_source.hpp"

#include "os/fd.hpp"
#include "sim/scenario/builtin.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace synroute::lab {

namespace {

/// Reads at most one byte more than the limit, which suffices to detect that the file is too long.
std::expected<std::string, std::string> read_file(const std::string& path) {
  const os::Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file.is_open()) {
    return std::unexpected{fmt::format("{}: {}", path, std::strerror(errno))};
  }
  std::string text;
  std::array<char, 65536> piece{};
  while (text.size() <= sim::kScenarioSizeLimit) {
    const ssize_t size = ::read(file.get(), piece.data(), piece.size());
    if (size < 0) {
      return std::unexpected{fmt::format("{}: {}", path, std::strerror(errno))};
    }
    if (size == 0) {
      break;
    }
    text.append(piece.data(), static_cast<std::size_t>(size));
  }
  return text;
}

std::expected<std::string, std::string> text_of(std::string_view source) {
  if (auto named = sim::named_scenario(source)) {
    return *std::move(named);
  }
  return read_file(std::string{source});
}

}  // namespace

std::expected<sim::Scenario, std::string> read_scenario(std::string_view source) {
  const auto text = text_of(source);
  if (!text) {
    return std::unexpected{text.error()};
  }
  auto scenario = sim::parse_scenario(*text);
  if (!scenario) {
    return std::unexpected{sim::describe(source, scenario.error())};
  }
  return *std::move(scenario);
}

std::string list_scenarios() {
  std::string text;
  for (const sim::BuiltinScenario& builtin : sim::builtin_scenarios()) {
    const auto scenario = sim::parse_scenario(builtin.text);
    text += fmt::format("{:<26}{}\n", builtin.name, scenario ? scenario->title : "");
  }
  return text;
}

}  // namespace synroute::lab
