// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/scenario/property_tables.hpp"

#include <algorithm>

namespace synroute::sim {

bool read_box_property(std::string_view key, LineWords& words, RouterSettings& router) {
  const auto* const row = std::ranges::find(kBoxTable, key, &BoxRow::key);
  if (row == kBoxTable.end()) {
    return false;
  }
  router.boxes.push_back(row->read(words));
  return true;
}

}  // namespace synroute::sim
