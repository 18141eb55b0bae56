// SPDX-License-Identifier: Apache-2.0
#include "cli/complain.hpp"

#include "cli/streams.hpp"

#include <fmt/format.h>

namespace synroute::cli {

void warn(std::string_view message) {
  write_text({.out = {}, .err = fmt::format("synroute: {}\n", message)});
}

ExitStatus complain(ExitStatus status, std::string_view message) {
  warn(message);
  return status;
}

ExitStatus complain(const tracer::StartupError& error) {
  return complain(exit_status_of(error.kind), error.message);
}

}  // namespace synroute::cli
