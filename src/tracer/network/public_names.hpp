// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seam/resolver.hpp"

#include <optional>
#include <vector>

namespace synroute::tracer {

/// A resolver that asks no name server about private addresses (RFC 1918): tcptraceroute asks
/// about those with -N only. `all` must outlive it.
class PublicNames final : public seam::Resolver {
 public:
  explicit PublicNames(seam::Resolver& all) : all_{all} {}

  void ask(const IpAddress& address) override {
    if (!address.is_rfc1918()) {
      all_.ask(address);
    }
  }
  void receive(std::vector<seam::NameAnswer>& into) override { all_.receive(into); }
  [[nodiscard]] int pending() const override { return all_.pending(); }
  [[nodiscard]] std::optional<Instant> deadline() override { return all_.deadline(); }

 private:
  seam::Resolver& all_;
};

}  // namespace synroute::tracer
