// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "sim/line_words.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace synroute::sim {

/// Reads the statements of a scenario about declared nodes: path, link, route, tunnel. Writes into
/// the scenario it is given, which must outlive it.
class TopologyReader {
 public:
  explicit TopologyReader(Scenario& scenario) : scenario_{scenario} {}

  /// `line`: the number of the one being read.
  void read_path(LineWords& words, int line);
  /// Returns the index of the link in the scenario, for the lines that continue it; nothing after a
  /// failure.
  std::optional<std::size_t> read_link(LineWords& words, int line);
  void read_route(LineWords& words, int line);
  void read_tunnel(LineWords& words, int line);

  /// The index of the node that the next word names.
  [[nodiscard]] std::size_t known_node(LineWords& words) const;

 private:
  /// "name" or "{name name}".
  [[nodiscard]] std::vector<std::size_t> stage(LineWords& words) const;
  void join(
      LineWords& words,
      std::size_t left,
      std::size_t right,
      std::optional<Duration> delay,
      int line);
  [[nodiscard]] LinkSpec* find_link(std::size_t left, std::size_t right);
  void need_link(LineWords& words, std::size_t left, std::size_t right);
  [[nodiscard]] RouteSpec::Via read_via(LineWords& words, std::size_t node);
  void read_tunnel_nodes(LineWords& words, TunnelSpec& tunnel);

  Scenario& scenario_;
};

}  // namespace synroute::sim
