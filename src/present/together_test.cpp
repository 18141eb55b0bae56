// SPDX-License-Identifier: Apache-2.0
#include "present/together.hpp"

#include "present/json/json.hpp"
#include "present/native/native.hpp"
#include "support/trace_builder.hpp"

#include <gtest/gtest.h>

namespace synroute::present {
namespace {

using support::ms;

class TogetherTest : public testing::Test {
 protected:
  /// Two presenters that wait for a name nobody tells: one 10 ms long, one 30 ms.
  TogetherTest() {
    std::vector<std::unique_ptr<seam::Presenter>> parts;
    parts.push_back(std::make_unique<Native>(NativeOptions{.name_wait = ms(10)}));
    parts.push_back(std::make_unique<Json>(JsonOptions{.name_wait = ms(30)}));
    both = std::make_unique<Together>(std::move(parts));
    built.router(1, "192.0.2.1", {1}).verdict({.stop = model::StopReason::GapLimit}, false);
  }

  support::TraceBuilder built;
  std::unique_ptr<Together> both;
};

TEST_F(TogetherTest, TellsEveryPartAndIsDoneWhenAllAre) {
  seam::Text text;
  for (const model::Event& event : built.events()) {
    text += both->on(event);
  }
  const Instant finished{built.trace().duration};
  EXPECT_EQ(both->deadline(), finished + ms(10));
  EXPECT_FALSE(both->done());

  text += both->advance(finished + ms(10));
  EXPECT_TRUE(text.out.ends_with("the last hop that answers is 1, 192.0.2.1\n")) << text.out;
  EXPECT_EQ(both->deadline(), finished + ms(30));
  EXPECT_FALSE(both->done());

  text += both->advance(finished + ms(30));
  EXPECT_TRUE(text.out.ends_with("}\n")) << text.out;
  EXPECT_EQ(both->deadline(), std::nullopt);
  EXPECT_TRUE(both->done());
}

}  // namespace
}  // namespace synroute::present
