// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/words.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace synroute::sim {

/// Reads the statements of a scenario that join nodes which are there already: path, link, route,
/// tunnel. Writes into the scenario it is given, which must outlive it.
class WayReader {
 public:
  explicit WayReader(Scenario& scenario) : scenario_{scenario} {}

  /// `line`: the number of the one being read.
  void read_path(Words& words, int line);
  /// Returns where the link is in the scenario, for the lines that continue it; nothing after a
  /// failure.
  std::optional<std::size_t> read_link(Words& words, int line);
  void read_route(Words& words, int line);
  void read_tunnel(Words& words, int line);

  /// The next word as the name of a node above.
  [[nodiscard]] std::size_t known_node(Words& words) const;

 private:
  /// "name" or "{name name}".
  [[nodiscard]] std::vector<std::size_t> stage(Words& words) const;
  void join(
      Words& words, std::size_t left, std::size_t right, std::optional<Duration> delay, int line);
  [[nodiscard]] LinkSpec* find_link(std::size_t left, std::size_t right);
  void need_link(Words& words, std::size_t left, std::size_t right);
  [[nodiscard]] RouteSpec::Via read_via(Words& words, std::size_t node);
  void read_tunnel_nodes(Words& words, TunnelSpec& tunnel);

  Scenario& scenario_;
};

}  // namespace synroute::sim
