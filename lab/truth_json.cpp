// SPDX-License-Identifier: Apache-2.0
#include "truth_json.hpp"

#include "sim/truth/truth.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace synroute::lab {

namespace {

using Json = nlohmann::ordered_json;

std::string_view name(sim::Decider decider) {
  switch (decider) {
    case sim::Decider::Router: return "router";
    case sim::Decider::Host: return "host";
    case sim::Decider::Box: return "middlebox";
  }
  return "";
}

Json to_json(const sim::Arrival& arrival) {
  Json json{
      {"kind", model::name(arrival.kind)},
      {"from", arrival.from.to_string()},
      {"made_by", name(arrival.decider)},
      {"reply_ttl", arrival.ttl},
      {"rtt_ms", milliseconds(arrival.delay)}};
  if (arrival.is_icmp()) {
    json["icmp_type"] = arrival.icmp_type;
    json["icmp_code"] = arrival.icmp_code;
    json["quoted_ttl"] = arrival.quoted_ttl;
  }
  for (const wire::MplsLabel& label : arrival.labels) {
    json["mpls"].push_back(
        {{"label", label.label},
         {"tc", label.traffic_class},
         {"bottom", label.bottom},
         {"ttl", label.ttl}});
  }
  return json;
}

Json to_json(const sim::Truth& truth) {
  Json json{
      {"target", truth.target.to_string()},
      {"port", truth.port.value()},
      {"state", model::name(truth.state)},
      {"reached", truth.reached},
      {"distance", truth.distance ? Json(truth.distance->value()) : Json(nullptr)},
      {"decided_by", truth.decided_by ? Json(name(*truth.decided_by)) : Json(nullptr)},
      {"by_chance", truth.by_chance},
      {"fixed_choice", truth.fixed_choice}};
  json["hops"] = Json::array();
  for (const sim::TrueHop& hop : truth.hops) {
    Json row{{"ttl", hop.ttl.value()}, {"may_be_silent", hop.may_be_silent}};
    row["answers"] = Json::array();
    for (const sim::Arrival& answer : hop.answers) {
      row["answers"].push_back(to_json(answer));
    }
    json["hops"].push_back(std::move(row));
  }
  return json;
}

}  // namespace

std::string truth_json(const sim::Scenario& scenario, std::optional<Port> port) {
  Json json{{"title", scenario.title}};
  json["targets"] = Json::array();
  for (const sim::TargetSpec& target : scenario.targets) {
    for (const IpAddress& address : target.addresses) {
      json["targets"].push_back(
          to_json(sim::find_truth(scenario, address, port.value_or(target.port))));
    }
  }
  return json.dump(2) + "\n";
}

}  // namespace synroute::lab
