// SPDX-License-Identifier: Apache-2.0
#include "cli/native/option.hpp"

#include <vector>

namespace synroute::cli {

std::string_view title(Group group) {
  switch (group) {
    case Group::Target: return "Target";
    case Group::Scan: return "Scan";
    case Group::Path: return "Path and time";
    case Group::Probe: return "Probe";
    case Group::Source: return "Source and routing";
    case Group::Output: return "Output";
  }
  return {};
}

std::span<const Option> options() {
  static const std::vector<Option> kAll = [] {
    std::vector<Option> all;
    for (const auto rows :
         {target_options(),
          scan_options(),
          path_options(),
          probe_options(),
          source_options(),
          output_options()}) {
      all.insert(all.end(), rows.begin(), rows.end());
    }
    return all;
  }();
  return kAll;
}

}  // namespace synroute::cli
