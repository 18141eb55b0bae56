// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/target.hpp"
#include "cli/value.hpp"
#include "tracer/request/trace_request.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace synroute::cli {

/// Targets in a file or on standard input, one on each line, read as they are needed: `HOST`,
/// `HOST:PORT`, `HOST PORT`. Blank lines and what follows a "#" do not count.
class TargetList {
 public:
  /// Told of each line that is no target: "hosts.txt:17: '300.1.1.1' is not …".
  using Complaint = std::function<void(const std::string& message)>;

  /// `path` "-": standard input. `port`: of lines that name none. Fails with a clause that names
  /// the file.
  [[nodiscard]] static Read<TargetList> open(
      const std::string& path, std::optional<Port> port, ServicePorts services);

  /// Nothing at the end, and after an error of the file, which is a complaint too.
  [[nodiscard]] std::optional<tracer::TargetRequest> next(const Complaint& complain);
  /// Lines, where the file can be read twice; absent for standard input and pipes.
  [[nodiscard]] std::optional<std::uint64_t> line_count() const { return line_count_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdin) {
        std::fclose(file);
      }
    }
  };

  TargetList() = default;
  [[nodiscard]] bool read_line(std::string& line);
  [[nodiscard]] Read<tracer::TargetRequest> read_line_target(
      std::span<const std::string_view> words) const;

  std::string name_;  ///< for complaints
  std::optional<Port> port_;
  ServicePorts services_;
  std::unique_ptr<std::FILE, Close> file_;
  std::optional<std::uint64_t> line_count_;
  std::uint64_t line_number_ = 0;
};

}  // namespace synroute::cli
