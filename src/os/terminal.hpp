// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace synroute::os {

[[nodiscard]] bool is_terminal(int descriptor);

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};
/// As the terminal says; nothing when the descriptor is not one or does not know.
[[nodiscard]] std::optional<TerminalSize> terminal_size(int descriptor);

/// What the environment says about colour.
struct ColorEnvironment {
  bool no_color = false;  ///< NO_COLOR is set and not empty (no-color.org)
  bool force = false;     ///< CLICOLOR_FORCE is set, and neither empty nor "0"
  bool dumb = false;      ///< TERM is unset, empty or "dumb"
};
[[nodiscard]] ColorEnvironment color_environment();

enum class ColorWhen : std::uint8_t { Auto, Always, Never };
/// The option decides; on Auto NO_COLOR beats CLICOLOR_FORCE beats being a terminal that can.
[[nodiscard]] bool wants_color(ColorWhen when, bool terminal, ColorEnvironment environment);

enum class Written : std::uint8_t { All, ReaderGone, Dropped, Failed };
/// Writes everything, however long the reader takes. ReaderGone when the other end is closed, or
/// the descriptor itself; call ignore_broken_pipe() first. Once a signal is noted
/// (os/interruption.hpp), a reader that takes nothing is waited for a second, and the rest dropped.
Written write_all(int descriptor, std::string_view text);

/// From now on writing to a pipe nobody reads is an error to handle instead of SIGPIPE.
void ignore_broken_pipe();

}  // namespace synroute::os
