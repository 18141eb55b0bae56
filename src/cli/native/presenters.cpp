// SPDX-License-Identifier: Apache-2.0
#include "cli/native/presenters.hpp"

#include "os/terminal.hpp"
#include "present/debug.hpp"
#include "present/json/json.hpp"
#include "present/native/native.hpp"

#include <algorithm>

#include <unistd.h>

namespace synroute::cli {
namespace {

/// How long a row waits for names where it cannot be completed later: in a file or a pipe. Most
/// name servers answer well within it.
constexpr Duration kNameWait = std::chrono::milliseconds{500};
constexpr Duration kJsonNameWait = std::chrono::seconds{2};
/// The longest IPv6 address has room on a line. Narrower terminals wrap rows themselves.
constexpr int kColumnsLeast = 46;

present::NativeOptions native_options(const Request& request) {
  const os::ColorEnvironment environment = os::color_environment();
  const bool terminal = os::is_terminal(STDOUT_FILENO);
  const bool rewrite = terminal && !environment.dumb && !request.trace.report_packets;
  const os::TerminalSize size = os::terminal_size(STDOUT_FILENO).value_or(os::TerminalSize{});
  const int columns = std::max(size.columns, kColumnsLeast);
  return {
      .names = request.trace.names != tracer::HopNames::None,
      .name_wait = rewrite ? Duration{} : kNameWait,
      .last_name_wait = kNameWait,
      .color = os::wants_color(request.color, terminal, environment),
      .rewrite = rewrite,
      .height = size.rows,
      .columns = terminal ? static_cast<std::size_t>(columns) : 0,
      .follows = false};
}

}  // namespace

tracer::PresenterMaker native_presenters(const Request& request) {
  return [format = request.format,
          debug = request.trace.report_packets,
          names = request.trace.names != tracer::HopNames::None,
          native = native_options(request)]() mutable {
    std::vector<std::unique_ptr<seam::Presenter>> result;
    if (debug) {
      result.push_back(std::make_unique<present::Debug>());
    }
    if (format == Format::Json) {
      const present::JsonOptions options{.names = names, .name_wait = kJsonNameWait};
      result.push_back(std::make_unique<present::Json>(options));
    } else {
      result.push_back(std::make_unique<present::Native>(native));
      native.follows = true;
    }
    return result;
  };
}

}  // namespace synroute::cli
