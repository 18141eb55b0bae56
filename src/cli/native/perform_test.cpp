// SPDX-License-Identifier: Apache-2.0
#include "cli/native/perform.hpp"

#include <gtest/gtest.h>

namespace synroute::cli {
namespace {

std::string_view raw_only(const tracer::ProbeOptions& probe) {
  Request request;
  request.trace.probe = probe;
  return raw_only_option(request);
}

TEST(RawOnlyOption, IsAnyThatChangesTheSyn) {
  EXPECT_EQ(raw_only({}), "");
  EXPECT_EQ(raw_only({.flags = wire::TcpFlag::Syn, .tos = 8}), "");
  EXPECT_EQ(raw_only({.flags = wire::TcpFlag::Ack}), "--flags");
  EXPECT_EQ(raw_only({.ecn_setup = true}), "--ecn-setup");
  EXPECT_EQ(raw_only({.bare = true}), "--bare-syn");
  EXPECT_EQ(raw_only({.length = 100}), "--length");
}

TEST(RawOnlyOption, IsTheSourcePortUnlessAllProbesShareIt) {
  Request request;
  request.trace.source.port = Port{4000};
  EXPECT_EQ(raw_only_option(request), "--sport without --paris");
  request.trace.paris = true;
  EXPECT_EQ(raw_only_option(request), "");
}

TEST(RawOnlyOption, IsTheMarkAndTheCapture) {
  Request request;
  request.trace.source.mark = 7;
  EXPECT_EQ(raw_only_option(request), "--mark");
  request.pcap = "file.pcap";
  EXPECT_EQ(raw_only_option(request), "--pcap");
}

}  // namespace
}  // namespace synroute::cli
