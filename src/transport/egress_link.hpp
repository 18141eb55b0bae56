// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace synroute::transport {

/// The interface that attempts by connect() leave by, of whose troubles the kernel tells them
/// nothing. Looked at when it is first asked about.
class EgressLink {
 public:
  /// Empty: not known, and then nothing is said of it.
  explicit EgressLink(std::string interface) : interface_{std::move(interface)} {}

  /// Without a carrier the kernel says nothing for three seconds, and then what it says of a
  /// neighbour that does not answer.
  [[nodiscard]] bool lacks_carrier();
  /// Counts what its queue had no room for, at most ten times a second.
  void count_queue_drops(Instant now);
  /// So far, of all programs: SYNs of ours may be among it.
  [[nodiscard]] std::uint64_t queue_drops() const { return queue_drops_; }

 private:
  void look();

  std::string interface_;
  bool is_looked_at_ = false;
  bool lacks_carrier_ = false;
  std::uint32_t index_ = 0;
  std::optional<std::uint64_t> queue_drops_before_;  ///< absent where it is not counted
  std::uint64_t queue_drops_ = 0;
  Instant counted_;
};

}  // namespace synroute::transport
