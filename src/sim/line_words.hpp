// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "sim/port_set.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synroute::sim {

/// One line of a scenario, read word by word. The first failure is kept and reading continues with
/// valid default values, so that failure() needs to be checked only once, at the end.
class LineWords {
 public:
  /// A double-quoted text is one word without its quotes; "#" outside quotes starts a comment.
  explicit LineWords(std::string_view line);

  [[nodiscard]] bool done() const { return at_ == words_.size(); }
  /// The next word without consuming it; empty at the end.
  [[nodiscard]] std::string_view peek() const;
  /// Consumes the next word if it is `word`.
  bool accept(std::string_view word);
  /// The next word; a failure naming `what` at the end of the line.
  std::string next(std::string_view what);

  // Each consumes one word, or fails.
  std::uint64_t number(std::string_view what, std::uint64_t least, std::uint64_t most);
  double share();       ///< "2%", "0.5%"
  Duration duration();  ///< "10ms", "1.5s", "200us"
  IpAddress address();
  Prefix prefix();
  PortSet ports();  ///< "443", "80,8000-8100", "all"

  [[nodiscard]] bool at_number() const;
  [[nodiscard]] bool at_duration() const;
  [[nodiscard]] bool at_address() const;

  void fail(std::string reason);
  [[nodiscard]] bool failed() const { return failure_.has_value(); }
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

 private:
  std::vector<std::string> words_;
  std::size_t at_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace synroute::sim
