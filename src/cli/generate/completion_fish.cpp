// SPDX-License-Identifier: Apache-2.0
#include "cli/generate/completion_parts.hpp"
#include "cli/generate/generate.hpp"

#include <fmt/format.h>

#include <string_view>

namespace synroute::cli {
namespace {

/// Inside '...'.
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

std::string values(Completion completion, bool takes_value, std::string_view words) {
  switch (completion) {
    case Completion::None: return takes_value ? " -x" : "";
    case Completion::OneOf: return fmt::format(" -x -a '{}'", words);
    case Completion::ListOf: return fmt::format(" -x -a '(__synroute_list {})'", words);
    case Completion::Interface: return " -x -a '(command ls /sys/class/net)'";
    case Completion::Service: return " -x -a '(__synroute_services)'";
    case Completion::File: return " -r -F";
  }
  return {};
}

std::string option_line(const Option& option, Commands all) {
  std::string commands;
  for (const Command& command : all) {
    if (option.commands.has(command.id)) {
      commands += fmt::format(" {}", command.word);
    }
  }
  const std::string letter = option.letter != 0 ? fmt::format(" -s {}", option.letter) : "";
  return fmt::format(
      "complete -c synroute -n '__synroute_command{}'{} -l {}{} -d '{}'\n",
      commands,
      letter,
      option.name,
      values(option.completion, option.takes_value(), option.words),
      fish_escape(option.help));
}

std::string ancestor_lines(const Ancestor& ancestor) {
  std::string text =
      fmt::format("complete -c {0} -f -a '(__fish_print_hostnames)'\n", ancestor.name);
  for (const AncestorOption& option : ancestor.options) {
    text += fmt::format(
        "complete -c {} -s '{}'{} -d '{}'\n",
        ancestor.name,
        option.letter,
        values(option.completion, !option.value.empty(), {}),
        fish_escape(option.help));
  }
  return text;
}

constexpr std::string_view kFunctions = R"(
# Whether the command on the line, trace unless one is named, is one of these.
function __synroute_command
    set -l found trace
    for word in (commandline -opc)[2..-1]
        if contains -- $word trace scan replay demo generate
            set found $word
            break
        end
    end
    contains -- $found $argv
end
# Whether the command word is the last word before the cursor.
function __synroute_first_of
    set -l words (commandline -opc)
    test "$words[-1]" = $argv[1]
end
# Values separated by commas: the last one is completed.
function __synroute_list
    set -l done (commandline -ct | string replace -rf '^(.*[,=])?[^,=]*$' '$1' | string replace -r '^--[^=]*=' '')
    printf '%s\n' $done$argv
end
function __synroute_services
    string replace -rf '^([\w.+-]+)\s+\d+/tcp.*' '$1' </etc/services
end
complete -c synroute -f
)";

}  // namespace

std::string fish_completion(Commands all) {
  std::string text = "# Made by `synroute generate fish`; do not edit.";
  text += kFunctions;
  for (const Command& command : all) {
    if (!command.summary.empty()) {
      text += fmt::format(
          "complete -c synroute -n __fish_is_first_arg -a {} -d '{}'\n",
          command.word,
          fish_escape(command.summary));
    }
  }
  text += fmt::format(
      R"(complete -c synroute -n '__synroute_command trace scan' -a '(__fish_print_hostnames)'
complete -c synroute -n '__synroute_first_of demo' -a '{}'
complete -c synroute -n '__synroute_first_of demo; or __synroute_first_of replay' -F
complete -c synroute -n '__synroute_command demo; and not __synroute_first_of demo' -a scan
complete -c synroute -n '__synroute_first_of generate' -a 'man bash zsh fish'
)",
      scenario_words());
  for (const Option& option : options()) {
    text += option_line(option, all);
  }
  for (const Ancestor& ancestor : ancestors()) {
    text += ancestor_lines(ancestor);
  }
  return text;
}

}  // namespace synroute::cli
