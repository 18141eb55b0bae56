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
  std::size_t columns = 0;  ///< of the terminal; 0: unlimited
};

/// The lines of a row with at least one answer, without line ends, one per router: TTL, address,
/// name, RTTs in milliseconds in the order of the attempts ("*" lost, "-" not sent), marks, MPLS
/// labels. What has no room on a line is continued on further ones, the times below each other.
[[nodiscard]] std::vector<std::string> answered_row(
    const model::Hop& hop,
    const NameCache& names,
    RowLayout& layout,
    const std::optional<RowEnd>& end);

/// What a row without an answer shows: "no answer within 0.4 s", "no reply" (where no wait is
/// known), "not sent: not permitted", "no reply yet".
[[nodiscard]] std::string silence_text(const model::Hop& hop);
/// Whether two rows without an answer have none for the same reason, however long was waited.
[[nodiscard]] bool is_same_silence(const model::Hop& left, const model::Hop& right);
/// "  3  no reply", or "  7-14  no reply" for several rows with the same text instead of
/// answers of their own.
[[nodiscard]] std::vector<std::string> folded_rows(
    Ttl first, Ttl last, const std::string& text, const RowLayout& layout);

}  // namespace synroute::present
