// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace synroute::cli {

/// An option of traceroute, mtr, nmap, tcpping or trippy that Synroute spells differently, need not
/// be told, or cannot offer. It means something only where no option of Synroute has its spelling.
struct ForeignOption {
  std::string_view spelled;  ///< "-T", "--tcp"
  /// The option of Synroute, without dashes, that does the same; empty: none.
  std::string_view same_as;
  /// Why it is refused, and what to use instead; empty: it is accepted.
  std::string_view refusal;
  /// Why it changes nothing, for the manual; empty: it is refused, or same as another.
  std::string_view idle;
};

/// In the order of the manual.
[[nodiscard]] std::span<const ForeignOption> foreign_options();
/// Null: no such option.
[[nodiscard]] const ForeignOption* find_foreign_option(std::string_view spelled);

}  // namespace synroute::cli
