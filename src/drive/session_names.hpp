// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "drive/lane.hpp"
#include "seam/resolver.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace synroute::drive {

/// Names of addresses, and which traces wait for one. A resolver answers once per address; traces
/// that show it later are told from memory.
class SessionNames {
 public:
  explicit SessionNames(seam::Resolver* resolver) : resolver_{resolver} {}

  /// Asks for the name of the address that an event shows: the target's at once, the others' as
  /// they answer. Gives it when it is known already.
  [[nodiscard]] std::optional<model::NameKnown> ask(Lane& lane, const model::Event& event);
  /// What has arrived since the last call.
  [[nodiscard]] std::vector<seam::NameAnswer> receive();
  /// The traces that show this address, which are not told again.
  [[nodiscard]] std::vector<std::uint32_t> take_askers(const IpAddress& address);
  [[nodiscard]] std::optional<Instant> deadline() const;

 private:
  /// Each takes about 150 bytes.
  static constexpr std::size_t kRemembered = 16'384;

  seam::Resolver* resolver_;  ///< null: no names
  std::unordered_map<IpAddress, std::vector<std::uint32_t>> askers_;
  std::unordered_map<IpAddress, std::optional<std::string>> known_;
};

}  // namespace synroute::drive
