// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace synroute::tracer {

/// A file that packets are recorded to. Opened early, after permissions are given up and before
/// confinement forbids opening files for writing; emptied only by begin(), when it is certain that
/// something will be written.
class CaptureFile {
 public:
  /// An error to open is kept for error().
  explicit CaptureFile(std::string_view path);

  /// Empties the file and writes its header.
  void begin(std::span<const std::uint8_t> header);
  /// Errors are kept for error() instead of ending the trace.
  void write(std::span<const std::uint8_t> bytes);
  /// The first error so far, as a clause that names the file.
  [[nodiscard]] std::optional<std::string> error() const;

 private:
  std::string path_;
  os::Fd file_;
  int error_ = 0;  ///< errno of the first failure
};

}  // namespace synroute::tracer
