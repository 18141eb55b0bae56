// SPDX-License-Identifier: Apache-2.0
#include "cli/native/parser.hpp"

#include "base/text.hpp"
#include "cli/native/foreign_options.hpp"
#include "cli/native/option_setters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace synroute::cli {
namespace {

const Option* by_letter(char letter) {
  const auto row = std::ranges::find(options(), letter, &Option::letter);
  return row != options().end() ? &*row : nullptr;
}

const Option* by_name(std::string_view name) {
  const auto row = std::ranges::find(options(), name, &Option::name);
  return row != options().end() ? &*row : nullptr;
}

/// Levenshtein's distance, one row at a time.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = i;
  }
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t changed = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

std::string hint_for(std::string_view name) {
  const Option* nearest = nullptr;
  std::size_t least = 3;  // one or two mistyped letters
  for (const Option& option : options()) {
    const bool begun = name.size() >= 3 && option.name.starts_with(name);
    const std::size_t slips = begun ? 0 : distance(name, option.name);
    if (slips < least && slips <= name.size() / 2) {
      least = slips;
      nearest = &option;
    }
  }
  return nearest != nullptr ? fmt::format(" (did you mean '--{}'?)", nearest->name) : "";
}

std::string refusal_of(const ForeignOption& option) {
  return fmt::format(" ({})", option.refusal);
}

std::unexpected<std::string> unknown(std::string_view spelled, const std::string& hint) {
  return std::unexpected{fmt::format("unknown option '{}'{}", sanitise(spelled), hint)};
}

/// The values of a set that has room in a message, else the name of the value.
std::string values_of(const Option& option) {
  constexpr std::size_t kRoom = 60;
  const bool is_short = option.completion == Completion::OneOf && option.words.size() <= kRoom;
  return is_short ? alternatives(split(option.words, ' ')) : std::string{option.value};
}

/// "trace", "trace and scan", "trace, scan and demo".
std::string commands_with(const Option& option) {
  constexpr std::array<std::pair<CommandId, std::string_view>, 4> kNames{
      {{CommandId::Trace, "trace"},
       {CommandId::Scan, "scan"},
       {CommandId::Replay, "replay"},
       {CommandId::Demo, "demo"}}};
  std::vector<std::string_view> names;
  // "demo SCENARIO scan" takes the options of a scan.
  const bool only_scans =
      option.commands.has(CommandId::Scan) && !option.commands.has(CommandId::Trace);
  for (const auto& [id, name] : kNames) {
    if (option.commands.has(id) && !(id == CommandId::Demo && only_scans)) {
      names.push_back(name);
    }
  }
  return listed(names, " and ");
}

/// Reads the words one by one.
class Parser {
 public:
  explicit Parser(Words words) : words_{words} {}

  Read<ParsedWords> run() {
    while (!words_.empty()) {
      const std::string_view word = take();
      if (word == "--") {
        result_.operands.insert(result_.operands.end(), words_.begin(), words_.end());
        break;
      }
      Read<void> done;
      if (word.starts_with("--")) {
        done = take_name(word.substr(2));
      } else if (word.size() > 1 && word.starts_with('-')) {
        done = take_letters(word.substr(1));
      } else {
        result_.operands.push_back(word);
      }
      if (!done) {
        return std::unexpected{std::move(done.error())};
      }
    }
    return std::move(result_);
  }

 private:
  std::string_view take() {
    const std::string_view word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }

  Read<void> take_name(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const Option* option = by_name(name);
    std::string spelled = fmt::format("--{}", name);
    if (option == nullptr) {
      const ForeignOption* foreign = find_foreign_option(spelled);
      if (foreign == nullptr || !foreign->refusal.empty()) {
        return unknown(spelled, foreign != nullptr ? refusal_of(*foreign) : hint_for(name));
      }
      if (foreign->same_as.empty()) {
        return {};  // changes nothing
      }
      option = by_name(foreign->same_as);
    }
    if (equals == std::string_view::npos) {
      return option->takes_value() ? take_value(*option, std::move(spelled))
                                   : add(*option, std::move(spelled), {});
    }
    if (!option->takes_value()) {
      return std::unexpected{fmt::format("option '{}' takes no value", spelled)};
    }
    return add(*option, std::move(spelled), text.substr(equals + 1));
  }

  /// A bundle of letters; the first that takes a value has the rest of the word, or the next word.
  Read<void> take_letters(std::string_view text) {
    if (text.size() > 1 && by_name(text) != nullptr) {
      return std::unexpected{fmt::format("unknown option '-{0}' (did you mean '--{0}'?)", text)};
    }
    // Options of nmap that are words with one dash.
    if (const ForeignOption* word = find_foreign_option(fmt::format("-{}", text));
        word != nullptr && text.size() > 1) {
      return word->refusal.empty() ? Read<void>{} : unknown(word->spelled, refusal_of(*word));
    }
    while (!text.empty()) {
      const Option* option = by_letter(text.front());
      std::string spelled = fmt::format("-{}", text.front());
      text.remove_prefix(1);
      if (option == nullptr) {
        const ForeignOption* foreign = find_foreign_option(spelled);
        if (foreign == nullptr || !foreign->refusal.empty()) {
          return unknown(spelled, foreign != nullptr ? refusal_of(*foreign) : "");
        }
        if (foreign->same_as.empty()) {
          continue;  // changes nothing
        }
        option = by_name(foreign->same_as);
      }
      if (!option->takes_value()) {
        if (auto added = add(*option, std::move(spelled), {}); !added) {
          return added;
        }
        continue;
      }
      return text.empty() ? take_value(*option, std::move(spelled))
                          : add(*option, std::move(spelled), text);
    }
    return {};
  }

  Read<void> take_value(const Option& option, std::string spelled) {
    if (words_.empty()) {
      return std::unexpected{
          fmt::format("option '{}' needs a value: {}", spelled, values_of(option))};
    }
    return add(option, std::move(spelled), take());
  }

  Read<void> add(const Option& option, std::string spelled, std::string_view value) {
    result_.uses.push_back({.option = &option, .spelled = std::move(spelled), .value = value});
    return {};
  }

  Words words_;
  ParsedWords result_;
};

}  // namespace

Read<ParsedWords> parse(Words words) {
  return Parser{words}.run();
}

Read<void> apply(std::span<const Use> uses, CommandId command, Request& to) {
  for (const Use& use : uses) {
    if (!use.option->commands.has(command)) {
      return std::unexpected{
          fmt::format("option '{}' is only for {}", use.spelled, commands_with(*use.option))};
    }
    if (const auto done = use.option->effect(to, use.value); !done) {
      return std::unexpected{fmt::format("option '{}': {}", use.spelled, sanitise(done.error()))};
    }
  }
  return {};
}

}  // namespace synroute::cli
