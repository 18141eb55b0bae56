// SPDX-License-Identifier: Apache-2.0
#include "cli/complain.hpp"
#include "cli/personality.hpp"
#include "os/check.hpp"

#include <new>
#include <string>

int main(int count, char** arguments) {
  namespace cli = synroute::cli;
  try {
    return cli::run({arguments, static_cast<std::size_t>(count)});
  } catch (const synroute::os::SystemError& error) {
    const std::string hint = error.hint().empty() ? "" : "; " + error.hint();
    return cli::number(cli::complain(cli::ExitStatus::CannotRun, error.what() + hint));
  } catch (const std::bad_alloc&) {
    return cli::number(cli::complain(cli::ExitStatus::CannotRun, "out of memory"));
  }
}
