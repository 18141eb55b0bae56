// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/line_words.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/topology_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

namespace synroute::sim {

/// Reads the statements of a scenario line by line; check() then checks the whole. An object reads
/// one text.
class ScenarioReader {
 public:
  ScenarioReader() = default;
  ScenarioReader(const ScenarioReader&) = delete;
  ScenarioReader& operator=(const ScenarioReader&) = delete;

  [[nodiscard]] std::expected<Scenario, ScenarioError> read(std::string_view text);

 private:
  /// What indented lines continue.
  enum class Open : std::uint8_t { Nothing, Node, Link };
  /// A statement's first word, and the function that reads the rest of the line.
  struct Statement {
    std::string_view key;
    void (*read)(ScenarioReader& reader, LineWords& words);
  };
  static const std::array<Statement, 15> kStatements;

  void read_line(LineWords& words, bool indented);
  void read_statement(LineWords& words);
  void read_continuation(LineWords& words);
  void read_node(LineWords& words, NodeKind kind);
  void read_default(LineWords& words);
  void read_link(LineWords& words);
  void read_target(LineWords& words);

  Scenario scenario_;
  TopologyReader topology_{scenario_};
  NodeSpec default_router_;
  NodeSpec default_host_{.kind = NodeKind::Host};
  int line_ = 0;
  Open open_ = Open::Nothing;
  std::size_t open_link_ = 0;
};

}  // namespace synroute::sim
