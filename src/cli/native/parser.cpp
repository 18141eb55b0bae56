// SPDX-License-Identifier: Apache-2.0
#include "cli/native/parser.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

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
    if (option == nullptr) {
      return std::unexpected{
          fmt::format("unknown option '--{}'{}", sanitise(name), hint_for(name))};
    }
    std::string spelled = fmt::format("--{}", name);
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
    while (!text.empty()) {
      const Option* option = by_letter(text.front());
      std::string spelled = fmt::format("-{}", text.front());
      if (option == nullptr) {
        return std::unexpected{fmt::format("unknown option '{}'", sanitise(spelled))};
      }
      text.remove_prefix(1);
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
      return std::unexpected{fmt::format("option '{}' needs a value: {}", spelled, option.value)};
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
          fmt::format("option '{}' is not an option of this command", use.spelled)};
    }
    if (const auto done = use.option->effect(to, use.value); !done) {
      return std::unexpected{fmt::format("option '{}': {}", use.spelled, sanitise(done.error()))};
    }
  }
  return {};
}

}  // namespace synroute::cli
