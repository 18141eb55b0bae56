// SPDX-License-Identifier: Apache-2.0
#include "present/json/json_error.hpp"

#include "present/json/json_parts.hpp"

namespace synroute::present {

std::string error_to_json(std::string_view input, std::string_view kind, std::string_view message) {
  const json::Object document = {
      {"schema", "synroute.error"},
      {"version", 1},
      {"target", {{"input", input}}},
      {"error", {{"kind", kind}, {"message", message}}}};
  return document.dump(-1, ' ', true, json::Object::error_handler_t::replace);
}

}  // namespace synroute::present
