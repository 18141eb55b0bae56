// SPDX-License-Identifier: Apache-2.0
#include "cli/connect_notice.hpp"

#include "os/rights/rights.hpp"

namespace synroute::cli {

std::string connect_notice() {
  return "no permission to send raw packets, using connect(): load-balanced paths may mix; rewritten headers stay hidden, and an open port sees connections that are reset at once; "
         + os::rights_hint();
}

}  // namespace synroute::cli
