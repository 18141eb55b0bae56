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

/// The state of the port, written at the end of the row that decided it.
struct RowEnd {
  model::PortState state = model::PortState::Open;
  std::string text;  ///< "open", "rejected (admin prohibited)"
  IpAddress from;    ///< on the line of this address; on the first line when it has none
};

/// The columns of rows. The address column only grows.
struct RowLayout {
  Palette palette{false};
  bool names = true;  ///< with a name column
  std::size_t address_width = 15;
};

/// The lines of a row with at least one answer, without line ends, one per router: TTL, address,
/// name, RTTs in milliseconds in the order of the attempts ("*" lost, "-" not sent), marks, MPLS
/// labels.
[[nodiscard]] std::vector<std::string> answered_row(
    const model::Hop& hop,
    const NameCache& names,
    RowLayout& layout,
    const std::optional<RowEnd>& end);

/// What a row without an answer shows: "no reply", "not sent: not permitted", "no reply yet".
[[nodiscard]] std::string silence_text(const model::Hop& hop);
/// "  3  no reply", or "  7-14  no reply" for several rows with the same text instead of
/// answers of their own.
[[nodiscard]] std::string folded_rows(
    Ttl first, Ttl last, const std::string& text, const Palette& palette);

}  // namespace synroute::present
