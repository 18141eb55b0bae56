// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace synroute::present {

/// A target that could not be traced, as one JSON object without line end;
/// schema/error.schema.json describes it. `input`: the target as typed. The text is ASCII, as that
/// of to_json().
[[nodiscard]] std::string error_to_json(
    std::string_view input, std::string_view kind, std::string_view message);

}  // namespace synroute::present
