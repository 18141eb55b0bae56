// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/settings.hpp"
#include "sim/truth/chart.hpp"
#include "sim/truth/fate.hpp"
#include "sim/truth/oracle_probe.hpp"

#include <vector>

/// What the middleboxes of a router do, on paper: in the three places where packets meet them.
/// `outbound`: away from the prober.
namespace synroute::sim {

/// What became of a packet among the boxes.
struct BoxVerdict {
  bool passes = true;
  bool swallowed = false;        ///< a box ended it without a word
  std::vector<Arrival> answers;  ///< what boxes said of it, passing or not
};

/// On arrival, before the router looks at it.
[[nodiscard]] BoxVerdict enter_boxes(
    OracleProbe& traveller, const RouterSettings& router, bool outbound);
/// On the way through, when it is known that there is one.
[[nodiscard]] BoxVerdict forward_boxes(
    const OracleProbe& traveller, const Chart& chart, bool outbound);
/// On leaving, whether it passed or was made here.
void leave_boxes(OracleProbe& traveller, const RouterSettings& router, bool outbound);

}  // namespace synroute::sim
