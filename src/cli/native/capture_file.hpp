// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/value.hpp"
#include "os/fd.hpp"
#include "wire/byte_stream.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace synroute::cli {

/// A file of any size that is read piece by piece, or standard input ("-").
class CaptureFile {
 public:
  /// An error is a clause that names the file.
  [[nodiscard]] static Read<CaptureFile> open(std::string_view path);

  /// The file must outlive the source.
  [[nodiscard]] wire::ByteSource source();
  /// Why a read failed; absent when none did.
  [[nodiscard]] const std::optional<std::string>& error() const { return error_; }

 private:
  CaptureFile() = default;
  [[nodiscard]] std::size_t read(std::span<std::uint8_t> into);

  std::string path_;
  os::Fd file_;
  std::optional<std::string> error_;
};

}  // namespace synroute::cli
