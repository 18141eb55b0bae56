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

Json to_json(const sim::ExpectedReply& reply) {
  Json json{
      {"kind", model::name(reply.kind)},
      {"from", reply.from.to_string()},
      {"made_by", name(reply.decider)},
      {"reply_ttl", reply.ttl},
      {"rtt_ms", milliseconds(reply.delay)}};
  if (reply.is_icmp()) {
    json["icmp_type"] = reply.icmp_type;
    json["icmp_code"] = reply.icmp_code;
    json["quoted_ttl"] = reply.quoted_ttl;
  }
  for (const wire::MplsLabel& label : reply.labels) {
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
    for (const sim::ExpectedReply& answer : hop.answers) {
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
  for (const sim::ScenarioTarget& target : scenario.targets) {
    for (const IpAddress& address : target.addresses) {
      json["targets"].push_back(
          to_json(sim::find_truth(scenario, address, port.value_or(target.port))));
    }
  }
  return json.dump(2) + "\n";
}

}  // namespace synroute::lab
