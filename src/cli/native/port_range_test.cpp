// SPDX-License-Identifier: Apache-2.0
#include "cli/native/port_range.hpp"

#include <gtest/gtest.h>

namespace synroute::cli {
namespace {

std::optional<Port> services(const std::string& name) {
  return name == "https" ? std::optional{Port{443}} : std::nullopt;
}

std::vector<std::uint16_t> numbers(std::string_view text) {
  std::vector<std::uint16_t> result;
  const std::vector<Port> ports = read_ports(text, services).value();
  for (const Port port : ports) {
    result.push_back(port.value());
  }
  return result;
}

TEST(PortRange, ReadsNumbersRangesAndNamesAscendingAndOnce) {
  EXPECT_EQ(
      numbers("8002,22,8000-8002,https,22"),
      (std::vector<std::uint16_t>{22, 443, 8000, 8001, 8002}));
}

TEST(PortRange, ReachesTheLastPort) {
  EXPECT_EQ(numbers("65534-65535"), (std::vector<std::uint16_t>{65534, 65535}));
}

TEST(PortRange, RefusesWhatIsNoListInOneLine) {
  for (const std::string_view text :
       {"", "80-20", "0", "70000", "a-b", "22,,80", "22,", "1-", "1-70000", "-5", "nosuch"}) {
    const auto ports = read_ports(text, services);
    ASSERT_FALSE(ports) << text;
    EXPECT_FALSE(ports.error().empty());
    EXPECT_EQ(ports.error().find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace synroute::cli
