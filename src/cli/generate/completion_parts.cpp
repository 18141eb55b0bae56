// SPDX-License-Identifier: Apache-2.0
#include "cli/generate/completion_parts.hpp"

#include "sim/scenario/builtin.hpp"

#include <fmt/format.h>

#include <array>

namespace synroute::cli {
namespace {

constexpr auto kTcptraceroute = std::to_array<AncestorOption>({
    {'n', {}, "no names of hops", Completion::None},
    {'N', {}, "names of hops even for private addresses", Completion::None},
    {'d', {}, "debug output", Completion::None},
    {'f', "TTL", "first TTL", Completion::None},
    {'m', "TTL", "last TTL", Completion::None},
    {'q', "N", "probes per hop", Completion::None},
    {'w', "SECONDS", "wait for an answer", Completion::None},
    {'i', "INTERFACE", "interface", Completion::Interface},
    {'s', "ADDRESS", "source address", Completion::None},
    {'p', "PORT", "source port", Completion::None},
    {'P', "PORT", "first source port", Completion::None},
    {'l', "BYTES", "packet length", Completion::None},
    {'t', "TOS", "type of service", Completion::None},
    {'F', {}, "set the DF bit", Completion::None},
    {'S', {}, "set the SYN flag", Completion::None},
    {'A', {}, "set the ACK flag", Completion::None},
    {'E', {}, "send ECN SYN packets", Completion::None},
    {'h', {}, "show the usage", Completion::None},
    {'v', {}, "show the version", Completion::None},
});

constexpr auto kTracetcp = std::to_array<AncestorOption>({
    {'?', {}, "show the help", Completion::None},
    {'F', {}, "no anti-flood pause", Completion::None},
    {'R', {}, "use raw sockets", Completion::None},
    {'c', {}, "condensed output", Completion::None},
    {'g', "ADDRESS", "gateway", Completion::None},
    {'h', "HOP", "first hop", Completion::None},
    {'m', "HOPS", "last hop", Completion::None},
    {'n', {}, "no names of hops", Completion::None},
    {'p', "N", "probes per hop", Completion::None},
    {'r', "PORT", "traces to a range of ports", Completion::Service},
    {'s', "PORT", "scan of a range of ports", Completion::Service},
    {'t', "MILLISECONDS", "wait for an answer", Completion::None},
    {'v', {}, "show the version", Completion::None},
});

constexpr auto kAncestors = std::to_array<Ancestor>({
    {.name = "tcptraceroute", .options = kTcptraceroute},
    {.name = "tracetcp", .options = kTracetcp},
});

}  // namespace

std::span<const Ancestor> ancestors() {
  return kAncestors;
}

std::string shown_command_words(std::span<const Command> all) {
  std::string words;
  for (const Command& command : all) {
    if (!command.summary.empty()) {
      words += fmt::format("{}{}", words.empty() ? "" : " ", command.word);
    }
  }
  return words;
}

std::vector<const Option*> options_of(CommandId command) {
  std::vector<const Option*> found;
  for (const Option& option : options()) {
    if (option.commands.has(command)) {
      found.push_back(&option);
    }
  }
  return found;
}

std::string spellings(const Option& option, std::string_view between) {
  const std::string letter = option.letter != 0 ? fmt::format("-{}{}", option.letter, between) : "";
  return fmt::format("{}--{}", letter, option.name);
}

std::string scenario_words() {
  std::string words;
  for (const sim::BuiltinScenario& builtin : sim::builtin_scenarios()) {
    words += fmt::format("{}{}", words.empty() ? "" : " ", builtin.name);
  }
  return words;
}

}  // namespace synroute::cli
