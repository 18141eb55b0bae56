// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <utility>

#include <unistd.h>

namespace synroute::os {

/// The one owner of a file descriptor: closes it once. Empty after a move; an empty one must not be
/// asked for its number (asserted).
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_{number} {}
  Fd(Fd&& other) noexcept : number_{std::exchange(other.number_, kNone)} {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, kNone);
    }
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const {
    assert(number_ != kNone);
    return number_;
  }
  [[nodiscard]] bool is_open() const { return number_ != kNone; }
  /// Closes now; nothing happens when empty.
  void reset() {
    if (number_ != kNone) {
      ::close(std::exchange(number_, kNone));
    }
  }

 private:
  static constexpr int kNone = -1;
  int number_ = kNone;
};

}  // namespace synroute::os
