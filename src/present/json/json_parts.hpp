// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/trace.hpp"
#include "present/json/json_writer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Values that the trace and the scan document share. A new field is one row in the function that
/// writes its object, here or in json.cpp or scan_machine.cpp, and one in the schema, which lists
/// all fields and rejects others.
namespace synroute::present::json {

/// Absent for an empty text.
[[nodiscard]] inline std::optional<std::string_view> text_or_null(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional{text};
}
/// RFC 3339 §5.6 in UTC, with milliseconds.
[[nodiscard]] std::string timestamp(WallTime time);

/// Without a port the target of a scan.
enum class TargetPort : std::uint8_t { Shown, Left };
void write_target(Writer& to, const model::Target& target, TargetPort port = TargetPort::Shown);
void write_source(Writer& to, const model::Source& source);
/// Null for a TCP answer and without an answer.
void write_icmp(Writer& to, const model::Reply* reply);
void write_own_translations(Writer& to, const std::vector<model::OwnTranslation>& translations);
void write_findings(Writer& to, const std::vector<model::Finding>& findings);
void write_counters(Writer& to, const model::Counters& counters);

}  // namespace synroute::present::json
