// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/scenario.hpp"

#include "sim/scenario/check.hpp"
#include "sim/scenario/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace synroute::sim {

namespace {

/// Control characters other than line ends and tabs: a file of another kind.
std::optional<ScenarioError> find_binary(std::string_view text) {
  int line = 1;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    line += byte == '\n' ? 1 : 0;
    if ((byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r') || byte == 0x7f) {
      return ScenarioError{
          line, fmt::format("not a text file: it contains the byte 0x{:02x}", byte)};
    }
  }
  return std::nullopt;
}

/// Names the line in which the limit is exceeded.
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
  auto scenario = ScenarioReader{}.read(text);
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
