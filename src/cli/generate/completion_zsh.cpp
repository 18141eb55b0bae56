// SPDX-License-Identifier: Apache-2.0
#include "cli/generate/completion_parts.hpp"
#include "cli/generate/generate.hpp"

#include <fmt/format.h>

#include <string_view>

namespace synroute::cli {
namespace {

/// Inside '...' of _arguments: delimiters are escaped by a backslash.
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

std::string values(Completion completion, std::string_view words) {
  switch (completion) {
    case Completion::None: return {};
    case Completion::OneOf: return fmt::format("({})", words);
    case Completion::ListOf: return fmt::format("_sequence compadd - {}", words);
    case Completion::Interface: return "_net_interfaces";
    case Completion::Service: return "_ports";
    case Completion::File: return "_files";
  }
  return {};
}

std::string value_spec(std::string_view value, const std::string& actions) {
  return value.empty() ? "" : fmt::format(":{}:{}", zsh_escape(value), actions);
}

std::string spec(const Option& option) {
  const bool valued = option.takes_value();
  const std::string name = fmt::format("--{}{}", option.name, valued ? "=" : "");
  const std::string both = option.letter == 0 ? fmt::format("'{}", name)
                                              : fmt::format(
                                                    "'(-{0} --{1})'{{-{0}{2},{3}}}'",
                                                    option.letter,
                                                    option.name,
                                                    valued ? "+" : "",
                                                    name);
  return fmt::format(
      "{}[{}]{}'",
      both,
      zsh_escape(option.help),
      value_spec(option.value, values(option.completion, option.words)));
}

/// What stands behind the command word; the word itself is the first operand.
std::string operand_specs(CommandId command) {
  switch (command) {
    case CommandId::Trace: return "'*:target:_synroute_hosts'";
    case CommandId::Scan: return "'1:command:' '*:hosts and ports:_synroute_hosts'";
    case CommandId::Replay: return "'1:command:' '2:capture:_files' '*:target:_hosts'";
    case CommandId::Demo:
      return fmt::format(
          "'1:command:' '2:scenario:_synroute_scenarios' '*:target:_synroute_demo_targets'");
    case CommandId::Generate: return "'1:command:' '2:what:(man bash zsh fish)'";
  }
  return {};
}

std::string arguments_of(CommandId command, std::string_view first) {
  std::string text = "_arguments -s -S \\\n";
  for (const Option* option : options_of(command)) {
    text += fmt::format("        {} \\\n", spec(*option));
  }
  return text + fmt::format("        {}{}\n", first, operand_specs(command));
}

std::string command_cases(Commands all) {
  std::string text;
  for (const Command& command : all) {
    if (command.id != CommandId::Trace) {
      text +=
          fmt::format("    {})\n      {}      ;;\n", command.word, arguments_of(command.id, ""));
    }
  }
  return text;
}

std::string zsh_ancestor_function(const Ancestor& ancestor) {
  std::string lines;
  for (const AncestorOption& option : ancestor.options) {
    lines += fmt::format(
        "    '-{}[{}]{}' \\\n",
        option.letter,
        zsh_escape(option.help),
        value_spec(option.value, values(option.completion, {})));
  }
  return fmt::format(
      "_{0}() {{\n  _arguments \\\n{1}    '*:target:_synroute_hosts'\n}}\n", ancestor.name, lines);
}

std::string described(Commands all) {
  std::string text;
  for (const Command& command : all) {
    if (!command.summary.empty()) {
      text += fmt::format(" '{}:{}'", command.word, zsh_escape(command.summary));
    }
  }
  return text;
}

}  // namespace

std::string zsh_completion(Commands all) {
  std::string text = fmt::format(
      R"(#compdef synroute tcptraceroute tracetcp
# Made by `synroute generate zsh`; do not edit.
_synroute_hosts() {{
  if compset -P '*:'; then
    _ports
  else
    _alternative 'hosts:host:_hosts' 'ports:port:_ports'
  fi
}}
_synroute_scenarios() {{
  _alternative 'scenarios:scenario:({0})' 'files:file:_files'
}}
_synroute_demo_targets() {{
  _alternative 'scan:scan:(scan)' 'hosts:host:_hosts'
}}
_synroute_first() {{
  local -a commands=({1})
  _describe -t commands command commands
  _synroute_hosts
}}
_synroute_native() {{
  local word command=trace
  for word in ${{words[2,CURRENT-1]}}; do
    if [[ $word == (trace|scan|replay|demo|generate) ]]; then
      command=$word
      break
    fi
  done
  case $command in
{2}    *)
      {3}      ;;
  esac
}}
)",
      scenario_words(),
      described(all).substr(1),
      command_cases(all),
      arguments_of(CommandId::Trace, "'1:target:_synroute_first' "));
  for (const Ancestor& ancestor : ancestors()) {
    text += zsh_ancestor_function(ancestor);
  }
  return text + R"(case $service in
  tcptraceroute) _tcptraceroute "$@" ;;
  tracetcp) _tracetcp "$@" ;;
  *) _synroute_native "$@" ;;
esac
)";
}

}  // namespace synroute::cli
