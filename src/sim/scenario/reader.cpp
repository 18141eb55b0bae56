// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/reader.hpp"

#include "sim/scenario/properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace synroute::sim {

namespace {

constexpr std::size_t kLineLimit = 4096;
constexpr std::size_t kNodeLimit = 1024;

bool is_name(std::string_view word) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inner = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  };
  return !word.empty() && word.size() <= 63 && letter(word.front())
         && std::ranges::all_of(word, inner);
}

void read_internet(LineWords& words, InternetSettings& internet) {
  while (!words.done() && !words.failed() && !words.accept("seed")) {
    const Prefix prefix = words.prefix();
    internet.prefixes.push_back(prefix);
    if (!words.failed() && prefix.length < (prefix.address.family() == Family::V4 ? 8 : 104)) {
      words.fail(
          "an internet has 2^24 destinations: its prefixes must be at least /8 (IPv4) or /104 (IPv6)");
    }
  }
  if (!words.failed() && words.at_number()) {
    internet.seed = words.number("a seed", 0, UINT64_MAX);
  }
  if (internet.prefixes.empty()) {
    words.fail("write 'internet NAME PREFIX… [seed N]'");
  }
}

}  // namespace

/// In the order in which the error text lists them.
constexpr std::array<ScenarioReader::Statement, 15> ScenarioReader::kStatements{{
    {"title",
     [](ScenarioReader& reader, LineWords& words) {
       reader.scenario_.title = words.next("the title in quotes");
     }},
    {"about",
     [](ScenarioReader& reader, LineWords& words) {
       reader.scenario_.about += reader.scenario_.about.empty() ? "" : " ";
       reader.scenario_.about += words.next("the text in quotes");
     }},
    {"seed",
     [](ScenarioReader& reader, LineWords& words) {
       reader.scenario_.seed = words.number("a seed", 0, UINT64_MAX);
     }},
    {"prober",
     [](ScenarioReader& reader, LineWords& words) { reader.read_node(words, NodeKind::Prober); }},
    {"router",
     [](ScenarioReader& reader, LineWords& words) { reader.read_node(words, NodeKind::Router); }},
    {"host",
     [](ScenarioReader& reader, LineWords& words) { reader.read_node(words, NodeKind::Host); }},
    {"internet",
     [](ScenarioReader& reader, LineWords& words) { reader.read_node(words, NodeKind::Internet); }},
    {"default", [](ScenarioReader& reader, LineWords& words) { reader.read_default(words); }},
    {"path",
     [](ScenarioReader& reader, LineWords& words) {
       reader.topology_.read_path(words, reader.line_);
     }},
    {"link", [](ScenarioReader& reader, LineWords& words) { reader.read_link(words); }},
    {"route",
     [](ScenarioReader& reader, LineWords& words) {
       reader.topology_.read_route(words, reader.line_);
     }},
    {"tunnel",
     [](ScenarioReader& reader, LineWords& words) {
       reader.topology_.read_tunnel(words, reader.line_);
     }},
    {"target", [](ScenarioReader& reader, LineWords& words) { reader.read_target(words); }},
    {"name",
     [](ScenarioReader& reader, LineWords& words) {
       const IpAddress address = words.address();
       reader.scenario_.names.insert_or_assign(address, words.next("a host name"));
     }},
    {"name-delay",
     [](ScenarioReader& reader, LineWords& words) {
       reader.scenario_.name_delay = words.duration();
     }},
}};

std::expected<Scenario, ScenarioError> ScenarioReader::read(std::string_view text) {
  while (!text.empty()) {
    ++line_;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.size() > kLineLimit) {
      return std::unexpected{ScenarioError{line_, fmt::format("longer than {} bytes", kLineLimit)}};
    }
    LineWords words{line};
    if (!words.done() && !words.failed()) {
      read_line(words, line.front() == ' ' || line.front() == '\t');
    }
    if (words.failed()) {
      return std::unexpected{ScenarioError{line_, *words.failure()}};
    }
  }
  return std::move(scenario_);
}

void ScenarioReader::read_line(LineWords& words, bool indented) {
  if (indented) {
    read_continuation(words);
  } else {
    read_statement(words);
  }
  if (!words.done()) {
    words.fail(fmt::format("unexpected word '{}'", words.peek()));
  }
}

void ScenarioReader::read_statement(LineWords& words) {
  open_ = Open::Nothing;
  const std::string key = words.next("a statement");
  const auto* const statement = std::ranges::find(kStatements, key, &Statement::key);
  if (statement != kStatements.end()) {
    statement->read(*this, words);
    return;
  }
  std::string keys;
  for (const Statement& each : kStatements) {
    keys += keys.empty() ? "" : ", ";
    keys += each.key;
  }
  words.fail(fmt::format("'{}' is not a statement: must be one of {}", key, keys));
}

void ScenarioReader::read_continuation(LineWords& words) {
  switch (open_) {
    case Open::Nothing:
      words.fail("an indented line continues a router, a host or a link; there is none above");
      break;
    case Open::Node: read_properties(words, scenario_.nodes.back()); break;
    case Open::Link: read_properties(words, scenario_.links[open_link_]); break;
  }
}

void ScenarioReader::read_node(LineWords& words, NodeKind kind) {
  NodeSpec node = kind == NodeKind::Host ? default_host_ : default_router_;
  node.kind = kind;
  node.name = words.next("a name");
  node.line = line_;
  if (!is_name(node.name)) {
    words.fail(fmt::format(
        "'{}' is not a name: use letters, digits, '.', '-' and '_', starting with a letter",
        node.name));
    return;
  }
  if (const auto other = scenario_.find_node(node.name)) {
    words.fail(fmt::format(
        "'{}' is already declared on line {}", node.name, scenario_.nodes[*other].line));
    return;
  }
  if (kind == NodeKind::Internet) {
    read_internet(words, node.internet);
  }
  while (kind != NodeKind::Internet && words.at_address()) {
    node.addresses.push_back(words.address());
  }
  if (scenario_.nodes.size() >= kNodeLimit) {
    words.fail(fmt::format("more than {} nodes", kNodeLimit));
    return;
  }
  read_properties(words, node);
  scenario_.nodes.push_back(std::move(node));
  open_ = Open::Node;
}

/// The defaults of nodes declared later.
void ScenarioReader::read_default(LineWords& words) {
  if (words.accept("router")) {
    read_properties(words, default_router_);
  } else if (words.accept("host")) {
    read_properties(words, default_host_);
  } else {
    words.fail("write 'default router PROPERTY…' or 'default host PROPERTY…'");
  }
}

void ScenarioReader::read_link(LineWords& words) {
  if (const auto link = topology_.read_link(words, line_)) {
    open_link_ = *link;
    open_ = Open::Link;
  }
}

void ScenarioReader::read_target(LineWords& words) {
  ScenarioTarget target{.name = std::string{words.peek()}, .line = line_};
  if (words.at_address()) {
    while (words.at_address()) {
      target.addresses.push_back(words.address());
    }
  } else {
    target.addresses = scenario_.nodes.empty()
                           ? std::vector<IpAddress>{}
                           : scenario_.nodes[topology_.known_node(words)].addresses;
  }
  if (words.accept("port")) {
    target.port = Port{static_cast<std::uint16_t>(words.number("a port", 1, 65535))};
  }
  if (!words.failed() && target.addresses.empty()) {
    words.fail(fmt::format("'{}' has no address", target.name));
  }
  scenario_.targets.push_back(std::move(target));
}

}  // namespace synroute::sim
