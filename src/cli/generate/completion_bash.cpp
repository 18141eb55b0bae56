// SPDX-License-Identifier: Apache-2.0
#include "cli/generate/completion_parts.hpp"
#include "cli/generate/generate.hpp"

#include <fmt/format.h>

#include <string_view>

namespace synroute::cli {
namespace {

/// The call that offers the values of an option; empty: nothing can be offered.
std::string values_call(Completion completion, std::string_view words) {
  switch (completion) {
    case Completion::None: return "";
    case Completion::OneOf: return fmt::format("_synroute_offer -W '{}'", words);
    case Completion::ListOf: return fmt::format("_synroute_offer_list '{}'", words);
    case Completion::Interface:
      return "_synroute_offer -W \"$(command ls /sys/class/net 2>/dev/null)\"";
    case Completion::Service: return "_synroute_offer -A service";
    case Completion::File: return "_synroute_offer -A file";
  }
  return {};
}

std::string value_case(std::string_view pattern, const std::string& call) {
  const std::string line = call.empty() ? "" : fmt::format("      {}\n", call);
  return fmt::format("    {})\n{}      return\n      ;;\n", pattern, line);
}

std::string value_cases() {
  std::string text;
  for (const Option& option : options()) {
    if (option.takes_value()) {
      text += value_case(spellings(option, "|"), values_call(option.completion, option.words));
    }
  }
  return text;
}

std::string value_patterns() {
  std::string text;
  for (const Option& option : options()) {
    if (option.takes_value()) {
      text += (text.empty() ? "" : "|") + spellings(option, "|");
    }
  }
  return text;
}

std::string option_cases(Commands all) {
  std::string text;
  for (const Command& command : all) {
    std::string words;
    for (const Option* option : options_of(command.id)) {
      words += (words.empty() ? "" : " ") + spellings(*option);
    }
    text += fmt::format("    {}) options='{}' ;;\n", command.word, words);
  }
  return text;
}

std::string bash_ancestor_function(const Ancestor& ancestor) {
  std::string cases;
  std::string words;
  for (const AncestorOption& option : ancestor.options) {
    words += fmt::format("{}-{}", words.empty() ? "" : " ", option.letter);
    if (!option.value.empty()) {
      cases += value_case(fmt::format("-{}", option.letter), values_call(option.completion, {}));
    }
  }
  return fmt::format(
      R"(_{0}() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}}
  COMPREPLY=()
  [[ $cur == : ]] && prev=: cur=''
  case $prev in
{1}    :)
      _synroute_offer -A service
      return
      ;;
  esac
  if [[ $cur == -* ]]; then
    _synroute_offer -W '{2}'
  else
    _synroute_offer -A hostname
  fi
}}
complete -F _{0} {0}
)",
      ancestor.name,
      cases,
      words);
}

/// The part that does not depend on the tables: which words there are before the one to complete.
constexpr std::string_view kScan = R"(  local command='' operands=0 i word options
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      VALUE_OPTIONS)
        [[ ${COMP_WORDS[i+1]} == = ]] && i=$((i + 1))
        i=$((i + 1))
        ;;
      :) i=$((i + 1)) ;;
      -* | =) ;;
      *)
        if [[ -z $command && $operands == 0 && ' COMMANDS generate ' == *" $word "* ]]; then
          command=$word
        else
          operands=$((operands + 1))
        fi
        ;;
    esac
  done
)";

constexpr std::string_view kOperands = R"(  case ${command:-none}/$operands in
    none/0) _synroute_offer -A hostname -W 'COMMANDS' ;;
    none/1 | trace/1 | scan/*) _synroute_offer -A hostname -A service ;;
    demo/0) _synroute_offer -A file -W 'SCENARIOS' ;;
    demo/1) _synroute_offer -A hostname -W scan ;;
    replay/0) _synroute_offer -A file ;;
    generate/0) _synroute_offer -W 'man bash zsh fish' ;;
    generate/*) ;;
    *) _synroute_offer -A hostname ;;
  esac
)";

std::string filled(std::string_view text, std::string_view mark, const std::string& with) {
  std::string result{text};
  for (std::size_t at = result.find(mark); at != std::string::npos;
       at = result.find(mark, at + with.size())) {
    result.replace(at, mark.size(), with);
  }
  return result;
}

}  // namespace

std::string bash_completion(Commands all) {
  const std::string commands = shown_command_words(all);
  const std::string scan =
      filled(filled(kScan, "VALUE_OPTIONS", value_patterns()), "COMMANDS", commands);
  const std::string operands =
      filled(filled(kOperands, "COMMANDS", commands), "SCENARIOS", scenario_words());
  std::string text = fmt::format(
      R"(# Made by `synroute generate bash`; do not edit. Needs no other package.
_synroute_offer() {{
  mapfile -t COMPREPLY < <(compgen "$@" -- "$cur")
}}
# Values separated by commas: the last one is completed.
_synroute_offer_list() {{
  local done=''
  [[ $cur == *,* ]] && done=${{cur%,*}},
  mapfile -t COMPREPLY < <(compgen -P "$done" -W "$1" -- "${{cur##*,}}")
}}
_synroute() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}}
  COMPREPLY=()
  # bash makes words of "=" and ":".
  [[ $prev == = ]] && prev=${{COMP_WORDS[COMP_CWORD-2]}}
  [[ $cur == = ]] && cur=''
  [[ $cur == : ]] && prev=: cur=''
  case $prev in
{0}    :)
      _synroute_offer -A service
      return
      ;;
  esac
{1}  if [[ $cur == -* ]]; then
    case ${{command:-trace}} in
{2}    esac
    _synroute_offer -W "$options"
    return
  fi
{3}}}
complete -F _synroute synroute
)",
      value_cases(),
      scan,
      filled(option_cases(all), "    ", "      "),
      operands);
  for (const Ancestor& ancestor : ancestors()) {
    text += bash_ancestor_function(ancestor);
  }
  return text;
}

}  // namespace synroute::cli
