// SPDX-License-Identifier: Apache-2.0
#include "present/json/json.hpp"
#include "present/native/native.hpp"
#include "traces.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace synroute::golden {
namespace {

/// The whole output of a presenter, which is advanced at its deadlines.
std::string output(seam::Presenter& presenter, const std::vector<model::Event>& events) {
  seam::Text text;
  for (const model::Event& event : events) {
    for (auto due = presenter.deadline(); due && *due <= event.at; due = presenter.deadline()) {
      text += presenter.advance(*due);
    }
    text += presenter.on(event);
  }
  while (const auto due = presenter.deadline()) {
    text += presenter.advance(*due);
  }
  EXPECT_TRUE(presenter.done());
  EXPECT_EQ(text.err, "");
  return text.out;
}

void compare(const std::string& file, const std::string& found) {
  const std::string path = std::string{GOLDEN_DIRECTORY} + "/" + file;
  if (std::getenv("SYNROUTE_GOLDEN_REWRITE") != nullptr) {
    std::ofstream{path, std::ios::binary} << found;
    return;
  }
  std::ifstream stream{path, std::ios::binary};
  ASSERT_TRUE(stream.is_open()) << "missing file: " << path;
  std::ostringstream expected;
  expected << stream.rdbuf();
  EXPECT_EQ(found, expected.str()) << "differs from " << path;
}

class Golden : public testing::TestWithParam<Case> {};

TEST_P(Golden, PrintsTheTextOfItsFile) {
  present::Native native{{.name_wait = std::chrono::milliseconds{50}}};
  compare(GetParam().name + ".txt", output(native, GetParam().trace.events()));
}

TEST_P(Golden, PrintsTheJsonOfItsFile) {
  present::Json json{{.name_wait = std::chrono::milliseconds{50}}};
  compare(GetParam().name + ".json", output(json, GetParam().trace.events()));
}

/// Names come from the network and may contain anything.
TEST_P(Golden, PrintsNoControlCharacterButTheLineEnd) {
  present::Native native{{}};
  present::Json json{{}};
  const auto events = GetParam().trace.events();
  for (const char character : output(native, events) + output(json, events)) {
    const auto byte = static_cast<unsigned char>(character);
    EXPECT_TRUE(byte == '\n' || (byte >= 0x20 && byte != 0x7f)) << static_cast<int>(byte);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Traces, Golden, testing::ValuesIn(cases()), [](const testing::TestParamInfo<Case>& parameter) {
      return parameter.param.name;
    });

}  // namespace
}  // namespace synroute::golden
