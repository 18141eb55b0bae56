// SPDX-License-Identifier: Apache-2.0
#include "cli/generate/generate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace synroute::cli {
namespace {

constexpr std::size_t kHelpColumn = 29;

/// "  -p, --port PORT"; options without a letter are indented to the same place.
std::string left_side(const Option& option) {
  const std::string letter = option.letter != 0 ? fmt::format("-{}, ", option.letter) : "    ";
  const std::string value = option.takes_value() ? fmt::format(" {}", option.value) : "";
  return fmt::format("  {}--{}{}", letter, option.name, value);
}

std::string option_line(const Option& option) {
  const std::string left = left_side(option);
  if (left.size() >= kHelpColumn) {
    return fmt::format("{}\n{:{}}{}\n", left, "", kHelpColumn, option.help);
  }
  return fmt::format("{:<{}}{}\n", left, kHelpColumn, option.help);
}

std::string option_list(CommandId command) {
  std::string text;
  for (const Group group : kGroups) {
    std::string lines;
    for (const Option& option : options()) {
      if (option.group == group && option.commands.has(command)) {
        lines += option_line(option);
      }
    }
    text += lines.empty() ? "" : fmt::format("\n{}:\n{}", title(group), lines);
  }
  return text;
}

std::string command_list(Commands all) {
  std::string text = "\nCommands:\n";
  for (const Command& command : all) {
    if (!command.summary.empty()) {
      const std::string left = fmt::format("  {} {}", command.word, command.operands);
      text += fmt::format("{:<{}}{}\n", left, kHelpColumn, command.summary);
    }
  }
  return text;
}

constexpr std::string_view kExamples = R"(
A target is HOST, HOST:PORT, HOST PORT, HOST PORT LENGTH, [IPv6]:PORT, IPv6%IF or a URL.

Examples:
  synroute example.org:443
  synroute https://example.org/
  synroute -n -q 1 192.0.2.1 22
  synroute --json '[2001:db8::1]:25' mail.example.net:smtp
  synroute demo
)";

}  // namespace

std::string version_text() {
  return "synroute " SYNROUTE_VERSION "\n";
}

std::string help_text(const Command& command, Commands all) {
  if (command.id != CommandId::Trace) {
    return fmt::format(
        "Usage: synroute {} [OPTION]... {}\n{}{}{}",
        command.word,
        command.operands,
        command.summary,
        command.summary.empty() ? "" : "\n",
        option_list(command.id));
  }
  return fmt::format(
      "Usage: synroute [OPTION]... {}\n"
      "       synroute COMMAND [OPTION]... [OPERAND]...\n"
      "Where a TCP connection goes, and why.\n{}{}{}",
      command.operands,
      command_list(all),
      option_list(command.id),
      kExamples);
}

}  // namespace synroute::cli
