// SPDX-License-Identifier: Apache-2.0
#include "cli/generate/generate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace synroute::cli {
namespace {

std::string spellings(const Option& option) {
  const std::string letter = option.letter != 0 ? fmt::format("-{} ", option.letter) : "";
  return fmt::format("{}--{}", letter, option.name);
}

std::string shown_command_words(Commands all) {
  std::string words;
  for (const Command& command : all) {
    if (!command.summary.empty()) {
      words += fmt::format("{}{}", words.empty() ? "" : " ", command.word);
    }
  }
  return words;
}

/// "-p|--port"
std::string alternatives(const Option& option) {
  std::string result = spellings(option);
  std::ranges::replace(result, ' ', '|');
  return result;
}

std::string bash_values(const Option& option) {
  switch (option.completion) {
    case Completion::None: return "";
    case Completion::OneOf:
    case Completion::ListOf: return fmt::format("-W '{}'", option.words);
    case Completion::Interface: return "-W \"$(command ls /sys/class/net 2>/dev/null)\"";
    case Completion::Service: return "-A service";
    case Completion::File: return "-A file";
  }
  return {};
}

std::string bash_cases() {
  std::string text;
  for (const Option& option : options()) {
    if (!option.takes_value()) {
      continue;
    }
    const std::string values = bash_values(option);
    const std::string action =
        values.empty() ? ""
                       : fmt::format("mapfile -t COMPREPLY < <(compgen {} -- \"$cur\")", values);
    text += fmt::format(
        "    {})\n{}      return\n      ;;\n",
        alternatives(option),
        action.empty() ? "" : fmt::format("      {}\n", action));
  }
  return text;
}

std::string bash_options() {
  std::string text;
  for (const Option& option : options()) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", spellings(option));
  }
  return text;
}

/// Inside '...' of zsh's _arguments: delimiters are escaped by a backslash.
std::string zsh_escape(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\'') {
      result += "'\\''";
      continue;
    }
    if (std::string_view{"[]:\\"}.contains(letter)) {
      result += '\\';
    }
    result += letter;
  }
  return result;
}

std::string zsh_values(const Option& option) {
  switch (option.completion) {
    case Completion::None: return {};
    case Completion::OneOf: return fmt::format("({})", option.words);
    case Completion::ListOf: return fmt::format("_sequence compadd - {}", option.words);
    case Completion::Interface: return "_net_interfaces";
    case Completion::Service: return "_ports";
    case Completion::File: return "_files";
  }
  return {};
}

std::string zsh_line(const Option& option) {
  const std::string letter = option.letter != 0 ? fmt::format("-{}", option.letter) : "";
  const std::string equals = option.takes_value() ? "=" : "";
  const std::string name = fmt::format("--{}", option.name);
  const std::string both = letter.empty() ? fmt::format("'{}{}", name, equals)
                                          : fmt::format(
                                                "'({0} {1})'{{{0}{2},{1}{3}}}'",
                                                letter,
                                                name,
                                                option.takes_value() ? "+" : "",
                                                equals);
  const std::string value =
      option.takes_value() ? fmt::format(":{}:{}", zsh_escape(option.value), zsh_values(option))
                           : "";
  return fmt::format("  {}[{}]{}'", both, zsh_escape(option.help), value);
}

/// Inside '...' of fish.
std::string fish_escape(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') {
      result += '\\';
    }
    result += letter;
  }
  return result;
}

std::string fish_values(const Option& option) {
  switch (option.completion) {
    case Completion::None: return option.takes_value() ? " -x" : " -f";
    case Completion::OneOf:
    case Completion::ListOf: return fmt::format(" -x -a '{}'", option.words);
    case Completion::Interface: return " -x -a '(__fish_print_interfaces)'";
    case Completion::Service: return " -x";
    case Completion::File: return " -r -F";
  }
  return {};
}

}  // namespace

std::string bash_completion(Commands all) {
  return fmt::format(
      R"(# Made by `synroute generate bash`; do not edit.
_synroute() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}}
  COMPREPLY=()
  case $prev in
{}  esac
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '{}' -- "$cur")
  elif ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -A hostname -W '{}' -- "$cur")
  else
    mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur")
  fi
}}
complete -o default -F _synroute synroute
)",
      bash_cases(),
      bash_options(),
      shown_command_words(all));
}

std::string zsh_completion(Commands all) {
  std::string lines;
  for (const Option& option : options()) {
    lines += zsh_line(option) + " \\\n";
  }
  return fmt::format(
      R"(#compdef synroute
# Made by `synroute generate zsh`; do not edit.
_synroute_operands() {{
  _alternative 'commands:command:({})' 'hosts:host:_hosts' 'files:file:_files'
}}
_arguments -s -S \
{}  '*::operand:_synroute_operands'
)",
      shown_command_words(all),
      lines);
}

std::string fish_completion(Commands all) {
  std::string text = "# Made by `synroute generate fish`; do not edit.\n";
  for (const Command& command : all) {
    if (!command.summary.empty()) {
      text += fmt::format(
          "complete -c synroute -n __fish_use_subcommand -a {} -d '{}'\n",
          command.word,
          fish_escape(command.summary));
    }
  }
  text += "complete -c synroute -a '(__fish_print_hostnames)'\n";
  for (const Option& option : options()) {
    const std::string letter = option.letter != 0 ? fmt::format(" -s {}", option.letter) : "";
    text += fmt::format(
        "complete -c synroute{} -l {}{} -d '{}'\n",
        letter,
        option.name,
        fish_values(option),
        fish_escape(option.help));
  }
  return text;
}

}  // namespace synroute::cli
