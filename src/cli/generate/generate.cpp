// SPDX-License-Identifier: Apache-2.0
#include "cli/generate/generate.hpp"

#include "cli/complain.hpp"
#include "cli/streams.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace synroute::cli {

ExitStatus run_generate(Invocation invocation) {
  using Make = std::string (*)(Commands);
  constexpr auto kMakers = std::to_array<std::pair<std::string_view, Make>>({
      {"man", man_page},
      {"bash", bash_completion},
      {"zsh", zsh_completion},
      {"fish", fish_completion},
  });
  const auto wanted = invocation.operands.size() == 1 ? invocation.operands.front() : "";
  const auto row = std::ranges::find(kMakers, wanted, &std::pair<std::string_view, Make>::first);
  if (row == kMakers.end()) {
    return complain(ExitStatus::Usage, "generate takes one operand: man, bash, zsh or fish");
  }
  return write_out(row->second(invocation.commands)) ? ExitStatus::Open : ExitStatus::ReaderGone;
}

}  // namespace synroute::cli
