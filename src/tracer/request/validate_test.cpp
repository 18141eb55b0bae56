// SPDX-License-Identifier: Apache-2.0
#include "tracer/request/validate.hpp"

#include <gtest/gtest.h>

namespace synroute::tracer {
namespace {

TEST(Validate, FindsContradictions) {
  TraceRequest request;
  EXPECT_TRUE(validate(request));
  request.path.first_ttl = 5;
  request.path.last_ttl = 4;
  EXPECT_EQ(validate(request).error().message, "the first TTL, 5, is above the last, 4");
  EXPECT_EQ(validate(request).error().kind, StartupErrorKind::InvalidRequest);
  request = {};
  request.family = Family::V6;
  request.source.address = IpAddress::parse("192.0.2.7");
  EXPECT_EQ(validate(request).error().message, "source address 192.0.2.7 is not IPv6");
  request.source.address = std::nullopt;
  request.targets = {
      {.input = "192.0.2.1", .host = "192.0.2.1", .address = IpAddress::parse("192.0.2.1")}};
  EXPECT_EQ(validate(request).error().message, "target 192.0.2.1 is not IPv6");
  EXPECT_EQ(validate(request).error().kind, StartupErrorKind::UnknownHost);
}

TEST(Validate, SourceAddressChoosesTheFamily) {
  TraceRequest request;
  EXPECT_EQ(wanted_family(request), std::nullopt);
  request.source.address = IpAddress::parse("2001:db8::1");
  EXPECT_EQ(wanted_family(request), Family::V6);
}

}  // namespace
}  // namespace synroute::tracer
