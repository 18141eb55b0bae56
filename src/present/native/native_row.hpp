// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/hop.hpp"
#include "present/name_cache.hpp"
#include "present/palette.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace synroute::present {

/// The word behind the row on which the state of the port was decided.
struct RowEnd {
  model::PortState state = model::PortState::Open;
  std::string text;  ///< "open", "rejected (admin prohibited)"
  IpAddress from;    ///< whose line it stands on; the first one when it did not answer on this row
};

/// How rows look. The address column grows with the addresses seen and never shrinks.
struct RowLayout {
  Palette palette{false};
  bool names = true;  ///< with a column for names
  std::size_t address_width = 15;
};

/// The lines of an answered row without line ends, one per router that answered: number, address,
/// name, times in the order of the attempts ("*" lost, "-" not sent), marks, labels.
[[nodiscard]] std::vector<std::string> answered_row(
    const model::Hop& hop,
    const NameCache& names,
    RowLayout& layout,
    const std::optional<RowEnd>& end);

/// Why a row shows no answer: "no reply", "not sent: not permitted", "no reply yet".
[[nodiscard]] std::string silence_text(const model::Hop& hop);
/// "  3  no reply", or "  7-14  no reply" for several rows that say the same.
[[nodiscard]] std::string silent_rows(
    Ttl first, Ttl last, const std::string& text, const Palette& palette);

}  // namespace synroute::present
