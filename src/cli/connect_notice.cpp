// SPDX-License-Identifier: Apache-2.0
#include "cli/connect_notice.hpp"

#include "os/rights/rights.hpp"

#include <fmt/format.h>

#include <string_view>

namespace synroute::cli {

std::string connect_notice(ConnectFlows flows) {
  std::string_view paths;
  switch (flows) {
    case ConnectFlows::One: break;
    case ConnectFlows::Many: paths = " load-balanced paths may mix;"; break;
    case ConnectFlows::ManyByChoice: paths = " load-balanced paths may mix (see --paris);"; break;
  }
  return fmt::format(
      "no permission to send raw packets, using connect():{} rewritten headers stay hidden, and an open port sees connections that are reset at once; {}",
      paths,
      os::rights_hint());
}

}  // namespace synroute::cli
