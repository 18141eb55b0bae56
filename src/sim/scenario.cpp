// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario.hpp"

#include "sim/properties.hpp"
#include "sim/scenario_check.hpp"
#include "sim/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace synroute::sim {

namespace {

constexpr std::size_t kLineLimit = 4096;
constexpr std::size_t kNodeLimit = 1024;
constexpr std::size_t kLinkLimit = 16384;
constexpr std::size_t kRouteLimit = 4096;

bool is_name(std::string_view word) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inner = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  };
  return !word.empty() && word.size() <= 63 && letter(word.front())
         && std::ranges::all_of(word, inner);
}

/// Reads statements line by line into a scenario.
class Reader {
 public:
  std::expected<Scenario, ScenarioError> read(std::string_view text);

 private:
  /// What indented lines add to.
  enum class Open : std::uint8_t { Nothing, Node, Link };

  void read_statement(Words& words);
  void read_continuation(Words& words);
  void read_node(Words& words, NodeKind kind);
  static void read_internet(Words& words, InternetSettings& internet);
  void read_default(Words& words);
  void read_path(Words& words);
  void read_link(Words& words);
  void read_route(Words& words);
  void read_target(Words& words);
  void read_tunnel(Words& words);
  void read_names(Words& words);

  [[nodiscard]] std::size_t known_node(Words& words);
  /// "name" or "{name name}".
  [[nodiscard]] std::vector<std::size_t> stage(Words& words);
  void join(Words& words, std::size_t left, std::size_t right, std::optional<Duration> delay);
  [[nodiscard]] LinkSpec* find_link(std::size_t left, std::size_t right);

  Scenario scenario_;
  NodeSpec default_router_;
  NodeSpec default_host_{.kind = NodeKind::Host};
  int line_ = 0;
  Open open_ = Open::Nothing;
  std::size_t open_link_ = 0;
};

std::expected<Scenario, ScenarioError> Reader::read(std::string_view text) {
  while (!text.empty()) {
    ++line_;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.size() > kLineLimit) {
      return std::unexpected{ScenarioError{line_, fmt::format("longer than {} bytes", kLineLimit)}};
    }
    Words words{line};
    if (!words.done() && !words.failed()) {
      const bool indented = line.front() == ' ' || line.front() == '\t';
      if (indented) {
        read_continuation(words);
      } else {
        read_statement(words);
      }
      if (!words.done()) {
        words.fail(fmt::format("'{}' is one word too many", words.peek()));
      }
    }
    if (words.failed()) {
      return std::unexpected{ScenarioError{line_, *words.failure()}};
    }
  }
  return std::move(scenario_);
}

void Reader::read_statement(Words& words) {
  open_ = Open::Nothing;
  const std::string key = words.next("a statement");
  if (key == "title") {
    scenario_.title = words.next("the title in quotes");
  } else if (key == "about") {
    scenario_.about += scenario_.about.empty() ? "" : " ";
    scenario_.about += words.next("the text in quotes");
  } else if (key == "seed") {
    scenario_.seed = words.number("a seed", 0, UINT64_MAX);
  } else if (key == "prober") {
    read_node(words, NodeKind::Prober);
  } else if (key == "router") {
    read_node(words, NodeKind::Router);
  } else if (key == "host") {
    read_node(words, NodeKind::Host);
  } else if (key == "internet") {
    read_node(words, NodeKind::Internet);
  } else if (key == "default") {
    read_default(words);
  } else if (key == "path") {
    read_path(words);
  } else if (key == "link") {
    read_link(words);
  } else if (key == "route") {
    read_route(words);
  } else if (key == "tunnel") {
    read_tunnel(words);
  } else if (key == "target") {
    read_target(words);
  } else if (key == "name" || key == "name-delay") {
    read_names(words);
  } else {
    words.fail(fmt::format(
        "'{}' is no statement: one of title, about, seed, prober, router, host, internet, default, "
        "path, "
        "link, route, tunnel, target, name, name-delay",
        key));
  }
}

void Reader::read_names(Words& words) {
  if (!words.at_address()) {
    scenario_.name_delay = words.duration();
    return;
  }
  const IpAddress address = words.address();
  scenario_.names.insert_or_assign(address, words.next("a host name"));
}

void Reader::read_continuation(Words& words) {
  switch (open_) {
    case Open::Nothing:
      words.fail("an indented line continues a router, a host or a link; there is none above");
      break;
    case Open::Node: read_properties(words, scenario_.nodes.back()); break;
    case Open::Link: read_properties(words, scenario_.links[open_link_]); break;
  }
}

void Reader::read_node(Words& words, NodeKind kind) {
  NodeSpec node = kind == NodeKind::Host ? default_host_ : default_router_;
  node.kind = kind;
  node.name = words.next("a name");
  node.line = line_;
  if (!is_name(node.name)) {
    words.fail(fmt::format(
        "'{}' is no name: letters, digits, '.', '-' and '_', a letter first", node.name));
    return;
  }
  if (const auto other = scenario_.find_node(node.name)) {
    words.fail(fmt::format("'{}' is already on line {}", node.name, scenario_.nodes[*other].line));
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

void Reader::read_internet(Words& words, InternetSettings& internet) {
  while (!words.done() && !words.failed() && !words.accept("seed")) {
    const Prefix prefix = words.prefix();
    internet.prefixes.push_back(prefix);
    if (!words.failed() && prefix.length < (prefix.address.family() == Family::V4 ? 8 : 104)) {
      words.fail(
          "an internet has 2^24 destinations: a prefix of /8 (IPv4) or /104 (IPv6) at least");
    }
  }
  if (!words.failed() && words.at_number()) {
    internet.seed = words.number("a seed", 0, UINT64_MAX);
  }
  if (internet.prefixes.empty()) {
    words.fail("write 'internet NAME PREFIX… [seed N]'");
  }
}

/// What the nodes below have unless they say otherwise.
void Reader::read_default(Words& words) {
  if (words.accept("router")) {
    read_properties(words, default_router_);
  } else if (words.accept("host")) {
    read_properties(words, default_host_);
  } else {
    words.fail("write 'default router PROPERTY…' or 'default host PROPERTY…'");
  }
}

std::size_t Reader::known_node(Words& words) {
  const std::string name = words.next("the name of a node");
  const auto found = scenario_.find_node(name);
  if (!found && !words.failed()) {
    words.fail(fmt::format("there is no node '{}' above", name));
  }
  return found.value_or(0);
}

std::vector<std::size_t> Reader::stage(Words& words) {
  if (!words.peek().starts_with('{')) {
    return {known_node(words)};
  }
  std::vector<std::size_t> members;
  bool closed = false;
  for (bool opening = true; !closed && !words.failed(); opening = false) {
    std::string word = words.next("'}'");
    if (opening) {
      word.erase(0, 1);
    }
    closed = word.ends_with('}');
    if (closed) {
      word.pop_back();
    }
    if (word.empty()) {
      continue;
    }
    Words one{word};
    members.push_back(known_node(one));
    if (one.failed()) {
      words.fail(*one.failure());
    }
  }
  if (members.empty()) {
    words.fail("'{}' names no node");
    members.push_back(0);
  }
  return members;
}

void Reader::read_path(Words& words) {
  std::vector<std::size_t> from = stage(words);
  if (words.done()) {
    words.fail("a path needs two nodes at least");
  }
  while (!words.done() && !words.failed()) {
    std::optional<Duration> delay;
    if (words.at_number()) {
      delay = words.duration();
    }
    std::vector<std::size_t> to = stage(words);
    for (const std::size_t left : from) {
      for (const std::size_t right : to) {
        join(words, left, right, delay);
      }
    }
    from = std::move(to);
  }
}

LinkSpec* Reader::find_link(std::size_t left, std::size_t right) {
  const auto found = std::ranges::find_if(scenario_.links, [&](const LinkSpec& link) {
    return (link.left == left && link.right == right) || (link.left == right && link.right == left);
  });
  return found == scenario_.links.end() ? nullptr : &*found;
}

void Reader::join(
    Words& words, std::size_t left, std::size_t right, std::optional<Duration> delay) {
  if (words.failed()) {
    return;
  }
  if (left == right) {
    words.fail(fmt::format("'{}' is linked to itself", scenario_.nodes[left].name));
    return;
  }
  if (const LinkSpec* known = find_link(left, right)) {
    if (delay) {
      words.fail(fmt::format(
          "the link of {} and {} has its delay on line {}",
          scenario_.nodes[left].name,
          scenario_.nodes[right].name,
          known->line));
    }
    return;
  }
  if (scenario_.links.size() >= kLinkLimit) {
    words.fail(fmt::format("more than {} links", kLinkLimit));
    return;
  }
  LinkSpec link{.left = left, .right = right, .line = line_};
  link.there.delay = link.back.delay = delay.value_or(std::chrono::milliseconds{1});
  scenario_.links.push_back(std::move(link));
}

void Reader::read_link(Words& words) {
  const std::size_t left = known_node(words);
  const std::size_t right = known_node(words);
  join(words, left, right, std::nullopt);
  if (words.failed()) {
    return;
  }
  LinkSpec* link = find_link(left, right);
  if (link->left != left) {
    // Said from the other end: what follows is meant in this direction.
    std::swap(link->left, link->right);
    std::swap(link->there, link->back);
    std::swap(link->left_addresses, link->right_addresses);
  }
  read_properties(words, *link);
  open_link_ = static_cast<std::size_t>(link - scenario_.links.data());
  open_ = Open::Link;
}

void Reader::read_route(Words& words) {
  RouteSpec route{.node = known_node(words), .line = line_};
  const bool is_default = words.accept("default");
  if (!is_default) {
    route.prefix = words.prefix();
  }
  if (!words.accept("none")) {
    if (!words.accept("via")) {
      words.fail("write 'route NODE PREFIX via NEIGHBOUR…' or 'route NODE PREFIX none'");
    }
    while (!words.done() && !words.failed()) {
      if (words.accept("loop")) {
        route.may_loop = true;
        continue;
      }
      RouteSpec::Via via{.neighbour = known_node(words)};
      if (words.accept("weight")) {
        via.weight = static_cast<std::uint32_t>(words.number("a weight", 1, 1000));
      }
      if (!words.failed() && find_link(route.node, via.neighbour) == nullptr) {
        words.fail(fmt::format(
            "{} and {} are not linked",
            scenario_.nodes[route.node].name,
            scenario_.nodes[via.neighbour].name));
      }
      route.via.push_back(via);
    }
    if (route.via.empty()) {
      words.fail("a route needs a neighbour behind 'via'");
    }
  }
  if (is_default) {  // of both families
    scenario_.routes.push_back(route);
    route.prefix = Prefix{IpAddress::v6({}), 0};
  }
  scenario_.routes.push_back(std::move(route));
  if (scenario_.routes.size() > kRouteLimit) {
    words.fail(fmt::format("more than {} routes", kRouteLimit));
  }
}

std::optional<TunnelKind> tunnel_kind(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, TunnelKind>, 4> kKinds{{
      {"explicit", TunnelKind::Explicit},
      {"implicit", TunnelKind::Implicit},
      {"opaque", TunnelKind::Opaque},
      {"invisible", TunnelKind::Invisible},
  }};
  const auto found =
      std::ranges::find(kKinds, word, &std::pair<std::string_view, TunnelKind>::first);
  return found == kKinds.end() ? std::nullopt : std::optional{found->second};
}

void Reader::read_tunnel(Words& words) {
  TunnelSpec tunnel{.line = line_};
  tunnel.label += static_cast<std::uint32_t>(scenario_.tunnels.size()) * 1000;
  while (!words.failed() && !words.done() && !tunnel_kind(words.peek())) {
    tunnel.nodes.push_back(known_node(words));
    const std::size_t count = tunnel.nodes.size();
    if (words.failed()) {
      return;
    }
    const NodeSpec& node = scenario_.nodes[tunnel.nodes.back()];
    if (node.kind != NodeKind::Router) {
      words.fail(fmt::format("{} is no router", node.name));
    } else if (
        count > 1 && find_link(tunnel.nodes[count - 2], tunnel.nodes[count - 1]) == nullptr) {
      words.fail(fmt::format(
          "{} and {} are not linked", scenario_.nodes[tunnel.nodes[count - 2]].name, node.name));
    }
  }
  tunnel.kind = tunnel_kind(words.next("the kind of tunnel")).value_or(TunnelKind::Explicit);
  if (words.accept("label")) {
    tunnel.label = static_cast<std::uint32_t>(words.number("a label", 16, 1'000'000));
  }
  if (tunnel.nodes.size() < 3 || tunnel.nodes.size() > 400) {
    words.fail("write 'tunnel END ROUTER… END explicit|implicit|opaque|invisible [label N]'");
  }
  scenario_.tunnels.push_back(std::move(tunnel));
}

void Reader::read_target(Words& words) {
  TargetSpec target{.name = std::string{words.peek()}, .line = line_};
  if (words.at_address()) {
    while (words.at_address()) {
      target.addresses.push_back(words.address());
    }
  } else {
    target.addresses = scenario_.nodes.empty() ? std::vector<IpAddress>{}
                                               : scenario_.nodes[known_node(words)].addresses;
  }
  if (words.accept("port")) {
    target.port = Port{static_cast<std::uint16_t>(words.number("a port", 1, 65535))};
  }
  if (!words.failed() && target.addresses.empty()) {
    words.fail(fmt::format("'{}' has no address", target.name));
  }
  scenario_.targets.push_back(std::move(target));
}

/// Control characters other than line ends and tabs: a file of another kind.
std::optional<ScenarioError> find_binary(std::string_view text) {
  int line = 1;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    line += byte == '\n' ? 1 : 0;
    if ((byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r') || byte == 0x7f) {
      return ScenarioError{line, fmt::format("not a text file: it holds the byte 0x{:02x}", byte)};
    }
  }
  return std::nullopt;
}

/// Names the line where the limit falls.
ScenarioError too_long(std::string_view text) {
  const auto lines = std::ranges::count(text.substr(0, kScenarioSizeLimit), '\n');
  return {static_cast<int>(lines) + 1, fmt::format("longer than {} bytes", kScenarioSizeLimit)};
}

void name_addresses(Scenario& scenario) {
  const auto add = [&](const std::vector<IpAddress>& addresses, const NodeSpec& node) {
    if (!node.dns_name.empty()) {
      for (const IpAddress& address : addresses) {
        scenario.names.emplace(address, node.dns_name);
      }
    }
  };
  for (const NodeSpec& node : scenario.nodes) {
    add(node.addresses, node);
  }
  for (const LinkSpec& link : scenario.links) {
    add(link.left_addresses, scenario.nodes[link.left]);
    add(link.right_addresses, scenario.nodes[link.right]);
  }
}

}  // namespace

std::optional<std::size_t> Scenario::find_node(std::string_view name) const {
  const auto found = std::ranges::find(nodes, name, &NodeSpec::name);
  return found == nodes.end() ? std::nullopt
                              : std::optional{static_cast<std::size_t>(found - nodes.begin())};
}

std::size_t Scenario::prober() const {
  const auto found = std::ranges::find(nodes, NodeKind::Prober, &NodeSpec::kind);
  return static_cast<std::size_t>(found - nodes.begin());
}

std::optional<IpAddress> Scenario::prober_address(Family family) const {
  const auto& addresses = nodes[prober()].addresses;
  const auto found = std::ranges::find(addresses, family, &IpAddress::family);
  return found == addresses.end() ? std::nullopt : std::optional{*found};
}

std::vector<IpAddress> Scenario::lookup(std::string_view name) const {
  for (const NodeSpec& node : nodes) {
    if (node.dns_name == name || node.name == name) {
      return node.addresses;
    }
  }
  std::vector<IpAddress> named;
  for (const auto& [address, text] : names) {
    if (text == name) {
      named.push_back(address);
    }
  }
  std::ranges::sort(named);
  return named;
}

std::string internet_scenario(std::uint64_t seed) {
  const InternetSettings settings{
      .prefixes = {{IpAddress::v4(0x0b000000), 8}, {*IpAddress::parse("2001:db8:b::"), 104}},
      .seed = seed};
  const InternetMap map{settings};
  std::string text = fmt::format(
      "title \"A procedural internet of 2^24 destinations, seed {0}\"\n"
      "seed {0}\n"
      "prober   me   192.0.2.7  2001:db8::7\n"
      "router   gw   192.0.2.1  2001:db8:0:1::1\n"
      "internet net  {1}  {2}  seed {0}\n"
      "path me 0.2ms gw 0.3ms net\n",
      seed,
      settings.prefixes[0].to_string(),
      settings.prefixes[1].to_string());
  const auto four = map.find_open(Family::V4, 443);
  const auto six = map.find_open(Family::V6, 443);
  if (four && six) {
    text += fmt::format("target {} {} port 443\n", four->to_string(), six->to_string());
  }
  return text;
}

std::string describe(std::string_view file, const ScenarioError& error) {
  return error.line == 0 ? fmt::format("{}: {}", file, error.reason)
                         : fmt::format("{}:{}: {}", file, error.line, error.reason);
}

std::expected<Scenario, ScenarioError> parse_scenario(std::string_view text) {
  if (text.size() > kScenarioSizeLimit) {
    return std::unexpected{too_long(text)};
  }
  if (auto binary = find_binary(text)) {
    return std::unexpected{std::move(*binary)};
  }
  auto scenario = Reader{}.read(text);
  if (!scenario) {
    return scenario;
  }
  if (auto fault = check(*scenario)) {
    return std::unexpected{std::move(*fault)};
  }
  name_addresses(*scenario);
  return scenario;
}

}  // namespace synroute::sim
