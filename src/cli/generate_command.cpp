// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"
#include "cli/generate.hpp"
#include "cli/streams.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace synroute::cli {

ExitCode run_generate(Invocation invocation) {
  using Make = std::string (*)();
  constexpr auto kMakers = std::to_array<std::pair<std::string_view, Make>>({
      {"man", man_page},
      {"bash", bash_completion},
      {"zsh", zsh_completion},
      {"fish", fish_completion},
  });
  const auto wanted = invocation.operands.size() == 1 ? invocation.operands.front() : "";
  const auto row = std::ranges::find(kMakers, wanted, &std::pair<std::string_view, Make>::first);
  if (row == kMakers.end()) {
    return complain(ExitCode::Usage, "generate what? One of man, bash, zsh and fish");
  }
  return write_out(row->second()) ? ExitCode::Open : ExitCode::ReaderGone;
}

}  // namespace synroute::cli
