// SPDX-License-Identifier: Apache-2.0
#include "model/counters.hpp"
#include "model/finding.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <string>

namespace synroute::golden {
namespace {

using nlohmann::json;

json schema(const std::string& name) {
  std::ifstream stream{std::string{SCHEMA_DIRECTORY} + "/" + name};
  EXPECT_TRUE(stream.is_open()) << name;
  return json::parse(stream);
}

const json kTrace = schema("trace.schema.json");
const json kScan = schema("scan.schema.json");

TEST(Schema, ListsEveryFindingKindInTheOrderOfTheTable) {
  json kinds = json::array();
  for (const auto& [kind, name] : model::kFindingNames) {
    kinds.push_back(name);
  }
  EXPECT_EQ(kTrace.at("/$defs/finding/properties/kind/enum"_json_pointer), kinds);
  EXPECT_EQ(kScan.at("/properties/findings/items/properties/kind/enum"_json_pointer), kinds);
}

TEST(Schema, ListsAndRequiresEveryCounter) {
  std::set<std::string> names;
  for (const auto& [name, counter] : model::kCounterNames) {
    names.emplace(name);
  }
  for (const json* document : {&kTrace, &kScan}) {
    const json& counters = document->at("/properties/counters"_json_pointer);
    std::set<std::string> listed;
    for (const auto& [name, type] : counters.at("properties").items()) {
      listed.insert(name);
    }
    EXPECT_EQ(listed, names);
    EXPECT_EQ(counters.at("required").get<std::set<std::string>>(), names);
  }
}

}  // namespace
}  // namespace synroute::golden
