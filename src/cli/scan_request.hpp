// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace synroute::cli {

/// What only a port scan can be told.
struct ScanSettings {
  bool where = false;
  bool yes = false;            ///< scan what is large or public without further question
  double rate = 200;           ///< SYNs per second and host
  std::optional<int> retries;  ///< absent: the strategy's own
  bool operator==(const ScanSettings&) const = default;
};

}  // namespace synroute::cli
