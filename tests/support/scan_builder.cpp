// SPDX-License-Identifier: Apache-2.0
#include "support/scan_builder.hpp"

#include "model/reply_meaning.hpp"

namespace synroute::support {

namespace {

constexpr int kFullTtl = 64;

}  // namespace

model::PortResult& ScanBuilder::add(int port, model::PortState state, std::optional<Where> where) {
  model::PortResult result;
  result.port = Port{static_cast<std::uint16_t>(port)};
  result.state = state;
  result.attempts = 1;
  if (where) {
    const Ttl stopped{static_cast<std::uint8_t>(where->stopped)};
    result.reach = model::Reach{
        .last_passed = Ttl{static_cast<std::uint8_t>(where->passed)},
        .last_passed_by = where->by.empty() ? std::nullopt : std::optional{address(where->by)},
        .first_stopped = where->stopped != 0 ? std::optional{stopped} : std::nullopt};
  }
  trace().ports.push_back(result);
  return trace().ports.back();
}

ScanBuilder& ScanBuilder::answered(
    int port, model::ReplyKind kind, double rtt, std::optional<Where> where) {
  built_.direct(kind, {rtt});
  const bool open = kind == model::ReplyKind::SynAck;
  auto& result = add(port, open ? model::PortState::Open : model::PortState::Closed, where);
  result.decided_by = built_.last().probe.id;
  result.rtt = ms(rtt);
  return *this;
}

ScanBuilder& ScanBuilder::silent(int port, std::optional<Where> where) {
  built_.silent(kFullTtl, 3);
  add(port, model::PortState::Filtered, where).attempts = 3;
  return *this;
}

ScanBuilder& ScanBuilder::refused(
    int port, std::string_view by, int code, std::optional<Where> where) {
  built_.unreachable(kFullTtl, by, code, {2.5});
  auto& result = add(port, model::state_of_unreachable(built_.last_reply()), where);
  result.decided_by = built_.last().probe.id;
  result.rtt = ms(2.5);
  return *this;
}

ScanBuilder& ScanBuilder::control() {
  trace().ports.back().control = true;
  return *this;
}

std::vector<model::Event> ScanBuilder::events() const {
  std::vector<model::Event> events = built_.events();
  const Instant at = events.back().at;
  for (const model::PortResult& result : built_.trace().ports) {
    events.insert(events.end() - 1, {at, model::PortSettled{result}});
  }
  return events;
}

}  // namespace synroute::support
