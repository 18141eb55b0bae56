// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "seam/resolver.hpp"
#include "sim/network/world.hpp"
#include "sim/scenario/scenario.hpp"

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace synroute::sim {

/// Resolves reverse names from a scenario after a delay in the world's time. The world must outlive
/// it.
class ScenarioResolver final : public seam::Resolver {
 public:
  ScenarioResolver(World& world, NameTable names, Duration delay)
      : world_{world}, names_{std::move(names)}, delay_{delay} {}

  void ask(const IpAddress& address) override;
  void receive(std::vector<seam::NameAnswer>& into) override;
  [[nodiscard]] int pending() const override { return static_cast<int>(questions_.size()); }
  [[nodiscard]] std::optional<Instant> deadline() override;

 private:
  struct Question {
    IpAddress address;
    Instant due;
  };
  World& world_;
  NameTable names_;
  Duration delay_;
  std::unordered_set<IpAddress> asked_;
  std::vector<Question> questions_;  ///< in the order asked, which is the order due
};

}  // namespace synroute::sim
