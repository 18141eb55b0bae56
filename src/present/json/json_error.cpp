// SPDX-License-Identifier: Apache-2.0
#include "present/json/json_error.hpp"

#include "present/json/json_writer.hpp"

namespace synroute::present {

std::string error_to_json(std::string_view input, std::string_view kind, std::string_view message) {
  json::Writer to;
  to.object([&] {
    to.member("schema", "synroute.error");
    to.member("version", 1);
    to.member("target", [&] { to.object([&] { to.member("input", input); }); });
    to.member("error", [&] {
      to.object([&] {
        to.member("kind", kind);
        to.member("message", message);
      });
    });
  });
  return to.take();
}

}  // namespace synroute::present
