// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

/// Objects that the trace and the scan document share. A new field is one row in the function that
/// builds its object, here or in json.cpp or scan_machine.cpp, and one in the schema, which lists
/// all fields and rejects others.
namespace synroute::present::json {

/// Keeps its members in the order of insertion.
using Object = nlohmann::ordered_json;

template <class Value, class Convert>
Object or_null(const std::optional<Value>& value, Convert convert) {
  return value ? Object(convert(*value)) : Object(nullptr);
}

/// Null for an empty text.
[[nodiscard]] Object text_or_null(const std::string& text);
/// Milliseconds, rounded to the microsecond.
[[nodiscard]] double rounded_ms(Duration length);
/// RFC 3339 §5.6 in UTC, with milliseconds.
[[nodiscard]] std::string timestamp(WallTime time);
[[nodiscard]] int number(Ttl ttl);
[[nodiscard]] Object target_object(const model::Target& target);
[[nodiscard]] Object source_object(const model::Source& source);
/// Null for a TCP answer and without an answer.
[[nodiscard]] Object icmp_object(const model::Reply* reply);
[[nodiscard]] Object own_translation_array(const std::vector<model::OwnTranslation>& translations);
[[nodiscard]] Object finding_array(const std::vector<model::Finding>& findings);
[[nodiscard]] Object counter_object(const model::Counters& counters);

}  // namespace synroute::present::json
