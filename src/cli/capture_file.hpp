// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/value.hpp"
#include "os/fd.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace synroute::cli {

/// The file of --pcap. Opened early, when rights are gone and files can still be opened for
/// writing; emptied only by begin(), when it is certain that there will be something to write.
class CaptureFile {
 public:
  /// What cannot be opened is said by begin().
  explicit CaptureFile(std::string_view path);

  /// Empties it and writes how files begin; fails with the reason when that cannot be done.
  [[nodiscard]] Read<void> begin(std::span<const std::uint8_t> start);
  /// Keeps quiet about errors: a full disk must not end a trace. check() tells.
  void write(std::span<const std::uint8_t> bytes);
  [[nodiscard]] Read<void> check() const;

 private:
  std::string path_;
  os::Fd file_;
  int error_ = 0;  ///< errno of the first failure
};

}  // namespace synroute::cli
