// SPDX-License-Identifier: Apache-2.0
#include "present/debug.hpp"

#include "wire/pretty.hpp"

#include <fmt/format.h>

#include <variant>

namespace synroute::present {
namespace {

std::string probe_number(const std::optional<ProbeId>& probe, std::string_view otherwise) {
  return probe ? fmt::format(" [probe {}]", probe->value()) : std::string{otherwise};
}

}  // namespace

std::string Debug::line(Instant at, std::string_view arrow, std::string_view what) const {
  return fmt::format("{:10.3f} ms {} {}\n", milliseconds(at - started_), arrow, what);
}

seam::Text Debug::on(const model::Event& event) {
  seam::Text text;
  if (std::holds_alternative<model::TraceStarted>(event.what)) {
    started_ = event.at;
  } else if (std::holds_alternative<model::TraceFinished>(event.what)) {
    done_ = true;
  } else if (const auto* sent = std::get_if<model::PacketSent>(&event.what)) {
    text.err = line(event.at, "->", wire::pretty(sent->datagram) + probe_number(sent->probe, ""));
  } else if (const auto* received = std::get_if<model::PacketReceived>(&event.what)) {
    text.err = line(
        event.at,
        "<-",
        wire::pretty(received->datagram) + probe_number(received->probe, " [unmatched]"));
  } else if (const auto* settled = std::get_if<model::ProbeSettled>(&event.what)) {
    if (const auto refusal = settled->record.refusal()) {
      const auto id = settled->record.probe.id.value();
      text.err = line(event.at, "--", fmt::format("probe {} not sent: {}", id, describe(*refusal)));
    }
  }
  return text;
}

}  // namespace synroute::present
