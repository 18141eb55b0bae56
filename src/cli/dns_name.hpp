// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/value.hpp"

#include <string>
#include <string_view>

namespace synroute::cli {

/// The form in which the DNS knows a host name: of "Bücher.example" it is "xn--bcher-kva.example"
/// (RFC 5891, after the mapping of Unicode TR46 that browsers use). ASCII stays as it is. Fails
/// with a clause when the name cannot be one.
[[nodiscard]] Read<std::string> dns_name(std::string_view name);

}  // namespace synroute::cli
