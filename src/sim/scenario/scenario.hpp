// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "sim/scenario/internet_map.hpp"
#include "sim/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace synroute::sim {

/// Reverse names.
using NameTable = std::unordered_map<IpAddress, std::string>;

enum class NodeKind : std::uint8_t { Prober, Router, Host, Internet };

struct NodeSpec {
  NodeKind kind = NodeKind::Router;
  std::string name;
  std::vector<IpAddress> addresses;
  std::string dns_name;  ///< what its addresses are called; empty for none
  RouterSettings router;
  HostSettings host;
  InternetSettings internet;
  int line = 0;
};

/// Numbers of nodes are indices into Scenario::nodes.
struct LinkSpec {
  std::size_t left = 0;
  std::size_t right = 0;
  LinkSettings there;  ///< left to right
  LinkSettings back;
  std::uint32_t weight = 1;
  std::vector<IpAddress> left_addresses;  ///< of the interfaces at its ends
  std::vector<IpAddress> right_addresses;
  int line = 0;
};

/// A route that overrides the shortest path.
struct RouteSpec {
  struct Via {
    std::size_t neighbour = 0;
    std::uint32_t weight = 1;
  };
  std::size_t node = 0;
  Prefix prefix;
  std::vector<Via> via;  ///< empty: no route
  bool may_loop = false;
  int line = 0;
};

/// How an MPLS tunnel shows itself (the taxonomy of Donnet et al., RFC 3443).
enum class TunnelKind : std::uint8_t {
  Explicit,   ///< TTL propagated, labels shown (RFC 4950)
  Implicit,   ///< TTL propagated, no labels: the quoted TTL rises
  Opaque,     ///< TTL not propagated, the far end pops and shows a label with a high TTL
  Invisible,  ///< TTL not propagated, penultimate hop popping: no hop between the ends
};

/// A label switched path, in both directions.
struct TunnelSpec {
  std::vector<std::size_t> nodes;  ///< from end to end, three at least, each linked to the next
  TunnelKind kind = TunnelKind::Explicit;
  std::uint32_t label =
      24000;  ///< of the first hop; later hops count up; the reverse direction from +500
  int line = 0;
};

/// What is traced when the user names no target.
struct ScenarioTarget {
  std::string name;  ///< as written: a node or an address
  std::vector<IpAddress> addresses;
  Port port{443};
  int line = 0;
};

/// A network as described in a scenario file (docs/scenarios.md).
struct Scenario {
  std::string title;
  std::string about;
  std::uint64_t seed = 1;
  Duration name_delay = std::chrono::milliseconds{15};
  std::vector<NodeSpec> nodes;
  std::vector<LinkSpec> links;
  std::vector<RouteSpec> routes;
  std::vector<TunnelSpec> tunnels;
  std::vector<ScenarioTarget> targets;
  NameTable names;  ///< reverse names of addresses

  [[nodiscard]] std::optional<std::size_t> find_node(std::string_view name) const;
  [[nodiscard]] std::size_t prober() const;
  /// The prober's first address of the family.
  [[nodiscard]] std::optional<IpAddress> prober_address(Family family) const;
  /// Forward lookup: the addresses of a node by its DNS name or its name in the file, in the order
  /// written. Empty when no node has that name.
  [[nodiscard]] std::vector<IpAddress> lookup(std::string_view name) const;
};

/// Why a text is not a valid scenario.
struct ScenarioError {
  int line = 0;  ///< from 1; 0 for the whole file
  std::string reason;
};
/// "FILE:LINE: REASON", or "FILE: REASON" for an error of the whole file.
[[nodiscard]] std::string describe(std::string_view file, const ScenarioError& error);

/// The size limit of a scenario text in bytes; a reader may stop there.
constexpr std::size_t kScenarioSizeLimit = 1U << 20;

/// Reads a scenario. Rejects what is too long or not text before reading it; checks that every node
/// is reachable and that there is no forwarding loop without the word "loop".
[[nodiscard]] std::expected<Scenario, ScenarioError> parse_scenario(std::string_view text);

}  // namespace synroute::sim
