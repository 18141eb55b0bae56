// SPDX-License-Identifier: Apache-2.0
#include "counters.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace synroute::lab {

void Counters::on(
    Instant /*at*/,
    sim::NodeId /*node*/,
    sim::PacketEvent what,
    std::optional<sim::DropReason> reason,
    const sim::Packet& /*packet*/) {
  switch (what) {
    case sim::PacketEvent::Sent: ++in_; break;
    case sim::PacketEvent::Delivered: ++out_; break;
    case sim::PacketEvent::Dropped: ++dropped_.at(static_cast<std::size_t>(*reason)); break;
    case sim::PacketEvent::Forwarded: break;
  }
}

std::string Counters::text() const {
  std::string text = fmt::format("{} packets in, {} out", in_, out_);
  if (refused_ != 0) {
    text += fmt::format(" ({} refused by the kernel)", refused_);
  }
  std::string_view before = "; ";
  for (std::size_t i = 0; i < dropped_.size(); ++i) {
    if (dropped_[i] != 0) {
      text += fmt::format(
          "{}{} {}", before, dropped_[i], sim::describe(static_cast<sim::DropReason>(i)));
      before = ", ";
    }
  }
  return text;
}

}  // namespace synroute::lab
