# cmake -DOUT=FILE.cpp -DFILES=a.scenario,b.scenario -P embed_scenarios.cmake
# Writes the scenario files into a C++ source, sorted by name.
string(REPLACE "," ";" files "${FILES}")
list(SORT files)
list(LENGTH files count)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME_WLE)
  file(READ "${file}" text)
  string(APPEND rows "    BuiltinScenario{\"${name}\", R\"scenario(${text})scenario\"},\n")
endforeach()
file(WRITE "${OUT}.new" "// SPDX-License-Identifier: Apache-2.0
// Generated from tests/scenarios by embed_scenarios.cmake.
#include \"sim/scenario/builtin.hpp\"

#include <array>

namespace synroute::sim {

namespace {

constexpr std::array<BuiltinScenario, ${count}> kScenarios{{
${rows}}};

}  // namespace

std::span<const BuiltinScenario> builtin_scenarios() { return kScenarios; }

}  // namespace synroute::sim
")
file(COPY_FILE "${OUT}.new" "${OUT}" ONLY_IF_DIFFERENT)
