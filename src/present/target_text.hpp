// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <string>

namespace synroute::present {

/// "203.0.113.80", "fe80::1%eth0". Safe for a terminal.
[[nodiscard]] std::string address_text(const model::Target& target);
/// "203.0.113.80 port 443". Safe for a terminal.
[[nodiscard]] std::string port_text(const model::Target& target);
/// "shop.example (203.0.113.80)", or the address alone without a name. A name that was typed beyond
/// ASCII is shown in both forms: "bücher.example = xn--bcher-kva.example (203.0.113.80)". Safe for
/// a terminal.
[[nodiscard]] std::string host_text(const model::Target& target);

}  // namespace synroute::present
