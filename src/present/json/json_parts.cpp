// SPDX-License-Identifier: Apache-2.0
#include "present/json/json_parts.hpp"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <utility>

namespace synroute::present::json {

Object text_or_null(const std::string& text) {
  return text.empty() ? Object(nullptr) : Object(text);
}

int number(Ttl ttl) {
  return ttl.value();
}

double rounded_ms(Duration length) {
  const auto microseconds = std::chrono::round<std::chrono::microseconds>(length);
  return static_cast<double>(microseconds.count()) / 1000;
}

std::string timestamp(WallTime time) {
  namespace chrono = std::chrono;
  const auto since_1970 = chrono::floor<chrono::milliseconds>(time.since_1970());
  const chrono::sys_days day{chrono::floor<chrono::days>(since_1970)};
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss clock{since_1970 - day.time_since_epoch()};
  return fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      clock.hours().count(),
      clock.minutes().count(),
      clock.seconds().count(),
      clock.subseconds().count());
}

Object target_object(const model::Target& target) {
  return {
      {"input", target.input},
      {"name", text_or_null(target.name)},
      {"address", target.address.to_string()},
      {"zone", text_or_null(target.zone)},
      {"port", target.port.value()},
      {"service", text_or_null(target.service)}};
}

Object source_object(const model::Source& source) {
  const bool known = !source.address.is_unspecified();
  return {
      {"address", known ? Object(source.address.to_string()) : Object(nullptr)},
      {"port", source.port.value() != 0 ? Object(source.port.value()) : Object(nullptr)},
      {"interface", text_or_null(source.interface)}};
}

Object icmp_object(const model::Reply* reply) {
  if (reply == nullptr || reply->is_tcp()) {
    return nullptr;
  }
  return {
      {"type", reply->icmp_type},
      {"code", reply->icmp_code},
      {"next_hop_mtu", or_null(reply->next_hop_mtu, std::identity{})}};
}

namespace {

Object finding_object(const model::Finding& finding) {
  Object evidence = Object::array();
  for (const ProbeId probe : finding.evidence) {
    evidence.push_back(probe.value());
  }
  return {
      {"kind", name(finding.kind)},
      {"first_hop", finding.first_hop.value()},
      {"last_hop", finding.last_hop.value()},
      {"certainty", name(finding.certainty)},
      {"sentence", finding.sentence},
      {"evidence", std::move(evidence)}};
}

}  // namespace

namespace {

Object tuple_object(const model::ConnectionTuple& tuple) {
  return {
      {"source", tuple.source.to_string()},
      {"source_port", tuple.source_port.value()},
      {"destination", tuple.destination.to_string()},
      {"destination_port", tuple.destination_port.value()}};
}

}  // namespace

Object own_translation_array(const std::vector<model::OwnTranslation>& translations) {
  Object array = Object::array();
  for (const model::OwnTranslation& translation : translations) {
    array.push_back(
        {{"before", tuple_object(translation.before)}, {"after", tuple_object(translation.after)}});
  }
  return array;
}

Object finding_array(const std::vector<model::Finding>& findings) {
  Object array = Object::array();
  for (const model::Finding& finding : findings) {
    array.push_back(finding_object(finding));
  }
  return array;
}

Object counter_object(const model::Counters& counters) {
  Object object = Object::object();
  for (const auto& [name, counter] : model::kCounterNames) {
    object[std::string{name}] = counters.*counter;
  }
  return object;
}

}  // namespace synroute::present::json
