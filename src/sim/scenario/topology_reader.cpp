// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/topology_reader.hpp"

#include "sim/scenario/properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace synroute::sim {

namespace {

constexpr std::size_t kLinkLimit = 16384;
constexpr std::size_t kRouteLimit = 4096;

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

}  // namespace

std::size_t TopologyReader::known_node(LineWords& words) const {
  const std::string name = words.next("the name of a node");
  const auto found = scenario_.find_node(name);
  if (!found && !words.failed()) {
    words.fail(fmt::format("node '{}' is not declared above", name));
  }
  return found.value_or(0);
}

std::vector<std::size_t> TopologyReader::stage(LineWords& words) const {
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
    LineWords one{word};
    members.push_back(known_node(one));
    if (one.failed()) {
      words.fail(*one.failure());
    }
  }
  if (members.empty()) {
    words.fail("'{}' must contain at least one node");
    members.push_back(0);
  }
  return members;
}

void TopologyReader::read_path(LineWords& words, int line) {
  std::vector<std::size_t> from = stage(words);
  if (words.done()) {
    words.fail("a path needs at least two nodes");
  }
  while (!words.done() && !words.failed()) {
    std::optional<Duration> delay;
    if (words.at_number()) {
      delay = words.duration();
    }
    std::vector<std::size_t> to = stage(words);
    for (const std::size_t left : from) {
      for (const std::size_t right : to) {
        join(words, left, right, delay, line);
      }
    }
    from = std::move(to);
  }
}

LinkSpec* TopologyReader::find_link(std::size_t left, std::size_t right) {
  const auto found = std::ranges::find_if(scenario_.links, [&](const LinkSpec& link) {
    return (link.left == left && link.right == right) || (link.left == right && link.right == left);
  });
  return found == scenario_.links.end() ? nullptr : &*found;
}

void TopologyReader::need_link(LineWords& words, std::size_t left, std::size_t right) {
  if (!words.failed() && find_link(left, right) == nullptr) {
    words.fail(fmt::format(
        "{} and {} are not linked", scenario_.nodes[left].name, scenario_.nodes[right].name));
  }
}

void TopologyReader::join(
    LineWords& words,
    std::size_t left,
    std::size_t right,
    std::optional<Duration> delay,
    int line) {
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
          "the delay of the link between {} and {} is already set on line {}",
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
  LinkSpec link{.left = left, .right = right, .line = line};
  link.there.delay = link.back.delay = delay.value_or(std::chrono::milliseconds{1});
  scenario_.links.push_back(std::move(link));
}

std::optional<std::size_t> TopologyReader::read_link(LineWords& words, int line) {
  const std::size_t left = known_node(words);
  const std::size_t right = known_node(words);
  join(words, left, right, std::nullopt, line);
  if (words.failed()) {
    return std::nullopt;
  }
  LinkSpec* link = find_link(left, right);
  if (link->left != left) {
    // Named from the other end: the properties that follow use this direction.
    std::swap(link->left, link->right);
    std::swap(link->there, link->back);
    std::swap(link->left_addresses, link->right_addresses);
  }
  read_properties(words, *link);
  return static_cast<std::size_t>(link - scenario_.links.data());
}

RouteSpec::Via TopologyReader::read_via(LineWords& words, std::size_t node) {
  RouteSpec::Via via{.neighbour = known_node(words)};
  if (words.accept("weight")) {
    via.weight = static_cast<std::uint32_t>(words.number("a weight", 1, 1000));
  }
  need_link(words, node, via.neighbour);
  return via;
}

void TopologyReader::read_route(LineWords& words, int line) {
  RouteSpec route{.node = known_node(words), .line = line};
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
      route.via.push_back(read_via(words, route.node));
    }
    if (route.via.empty()) {
      words.fail("a route needs a neighbour after 'via'");
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

/// From end to end; each must be a router and linked to the one before.
void TopologyReader::read_tunnel_nodes(LineWords& words, TunnelSpec& tunnel) {
  while (!words.failed() && !words.done() && !tunnel_kind(words.peek())) {
    const std::size_t node = known_node(words);
    if (!words.failed() && scenario_.nodes[node].kind != NodeKind::Router) {
      words.fail(fmt::format("{} is not a router", scenario_.nodes[node].name));
    }
    if (!tunnel.nodes.empty()) {
      need_link(words, tunnel.nodes.back(), node);
    }
    tunnel.nodes.push_back(node);
  }
}

void TopologyReader::read_tunnel(LineWords& words, int line) {
  TunnelSpec tunnel{.line = line};
  tunnel.label += static_cast<std::uint32_t>(scenario_.tunnels.size()) * 1000;
  read_tunnel_nodes(words, tunnel);
  if (words.failed()) {
    return;
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

}  // namespace synroute::sim
