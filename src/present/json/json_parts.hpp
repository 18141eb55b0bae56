// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

/// The objects that several JSON documents share, under the same names everywhere.
namespace synroute::present::json {

/// Keeps its members in the order they were written.
using Object = nlohmann::ordered_json;

template <class Value, class Convert>
Object or_null(const std::optional<Value>& value, Convert convert) {
  return value ? Object(convert(*value)) : Object(nullptr);
}

[[nodiscard]] Object text_or_null(const std::string& text);
/// Milliseconds, rounded to the microsecond: the shortest decimal that gives the number back.
[[nodiscard]] double rounded_ms(Duration length);
/// RFC 3339 §5.6 in UTC, with milliseconds.
[[nodiscard]] std::string timestamp(WallTime time);
[[nodiscard]] Object target_object(const model::Target& target);
[[nodiscard]] Object source_object(const model::Source& source);
/// Null for TCP answers and for none.
[[nodiscard]] Object icmp_object(const model::Reply* reply);
[[nodiscard]] Object finding_object(const model::Finding& finding);
[[nodiscard]] Object counter_object(const model::Counters& counters);

}  // namespace synroute::present::json
